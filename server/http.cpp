#include "server/http.h"

#include "server/http/address.h"
#include "server/http/answer.h"
#include "server/http/gzip.h"
#include "server/http/router.h"
#include "server/http/tls.h"
#include "server/http/url.h"
#include "server/http/waiting_room.h"
#include "server/http/workers.h"

#include <httplib.h>

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

// What the library does here: it resolves the address, binds, and accepts. Requests are read by the waiting room
// and answers written by answer.cpp: the packaged version reads requests with one thread each and with known holes
// (docs/security.md), and none of its parser sees a byte of a client this way.

namespace callarchive::http {
namespace {

constexpr int kBacklog = 1024;
constexpr std::chrono::seconds kStopGrace{3};
constexpr int kClientGone = 499;  // for the observer only: the client left, or was too slow, in the middle of a stream
constexpr const char* kUnknownException = "an exception that is no std::exception";

// Runs the library's tasks where they are handed in: they only pass a descriptor on.
class Inline : public httplib::TaskQueue {
 public:
  // void in 0.11, bool ("taken") since 0.15.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));
  Enqueued enqueue(std::function<void()> task) override {
    task();
    return static_cast<Enqueued>(true);
  }
  void shutdown() override {}
};

class Acceptor : public httplib::Server {
 public:
  explicit Acceptor(std::function<void(int)> admit) : admit_(std::move(admit)) {
    new_task_queue = [] { return new Inline; };
    set_tcp_nodelay(true);
    set_socket_options([this](socket_t fd) { adopt(fd); });
  }
  ~Acceptor() override {
    if (!has_run_ && svr_sock_ != INVALID_SOCKET) ::close(svr_sock_);
    close_listener();
  }

  // Accepts until stop_accepting(). The library closes its socket at the end.
  void run() {
    has_run_ = true;
    listen_after_bind();
  }

  // The library's own stop() races with the start of its loop; this one is seen whenever it comes.
  void stop_accepting() { ::shutdown(listener_, SHUT_RDWR); }
  // The backlog compiled into Debian's library is 5, which makes clients wait a second for their SYN's retry.
  void widen_backlog() { ::listen(listener_, kBacklog); }

 private:
  void adopt(socket_t fd) {
    // The library's default is SO_REUSEPORT, which would let a second program share the port unnoticed.
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    close_listener();
    listener_ = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  }
  void close_listener() {
    if (listener_ >= 0) ::close(listener_);
    listener_ = -1;
  }
  bool process_and_close_socket(socket_t fd) override {
    admit_(fd);
    return true;
  }

  const std::function<void(int)> admit_;
  bool has_run_ = false;
  int listener_ = -1;  // ours, of the library's listening socket
};

bool is_sane_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), allowed);
}

// Sixteen hex digits. Tells requests apart; is no secret.
std::string make_id() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(16, '0');
  std::uint64_t bits = random();
  for (char& c : id) {
    c = kDigits[bits & 15];
    bits >>= 4;
  }
  return id;
}

std::vector<Network> parse_networks(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    const auto network = Network::parse(text);
    if (!network) throw std::invalid_argument("trusted proxy " + text + ": not an address or network");
    networks.push_back(*network);
  }
  return networks;
}

std::unique_ptr<Tls> make_tls(const ServerOptions& options) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    throw std::runtime_error("TLS needs both a certificate and its key");
  }
  if (options.tls_key.empty()) return nullptr;
  return std::make_unique<Tls>(options.tls_certificate, options.tls_key);
}

RoomLimits room_limits(const ServerOptions& options) {
  RoomLimits limits;
  limits.head.head = options.max_head_bytes;
  limits.head.headers = options.max_headers;
  limits.head.body = options.max_body_bytes;
  limits.head.request_line = std::min(limits.head.request_line, options.max_head_bytes);
  limits.connections = options.max_connections;
  limits.held_bytes = options.max_held_bytes;
  limits.keep_alive_requests = options.keep_alive_requests;
  limits.keep_alive = std::chrono::seconds(options.keep_alive_seconds);
  limits.request = std::chrono::seconds(options.request_seconds);
  return limits;
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

class Server::Impl : private Service {
 public:
  Impl(ServerOptions options, std::vector<Route> routes, Gate gate, Observer observe)
      : options_(std::move(options)),
        trusted_(parse_networks(options_.trusted_proxies)),
        forwarded_by_(options_.proxies_send_forwarded ? ForwardedBy::forwarded : ForwardedBy::x_forwarded_for),
        router_(std::move(routes)),
        gate_(std::move(gate)),
        observe_(std::move(observe)),
        room_(room_limits(options_), *this),
        tls_(make_tls(options_)),
        acceptor_([this](int fd) { admit(fd); }),
        ingest_(options_.ingest_threads, options_.max_queued_requests, [this](Connection& c) { serve_one(c); }),
        query_(options_.query_threads, options_.max_queued_requests, [this](Connection& c) { serve_one(c); }) {
    // Large bodies go back to the system at once. glibc's default keeps blocks up to 32 MiB once it has seen them
    // freed, which broke the bound on memory tenfold. For the whole process.
    ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
  }

  int bind() {
    errno = 0;
    const int port = options_.port == 0                                     ? acceptor_.bind_to_any_port(options_.host)
                     : acceptor_.bind_to_port(options_.host, options_.port) ? options_.port
                                                                            : -1;
    if (port <= 0) {
      const std::string why = errno ? std::generic_category().message(errno) : "no such address";
      throw std::runtime_error("cannot listen on " + options_.host + " port " + std::to_string(options_.port) + ": " +
                               why);
    }
    acceptor_.widen_backlog();
    return port;
  }

  void serve() {
    std::thread reader([this] { room_.run(); });
    acceptor_.run();
    room_.drain(kStopGrace);
    reader.join();
    ingest_.stop();
    query_.stop();
    if (!stopping_) throw std::runtime_error("the listening socket failed");
  }

  void stop() {
    stopping_ = true;
    acceptor_.stop_accepting();
  }

  void reload_tls() {
    if (tls_) tls_->reload();
  }

 private:
  void admit(int fd) {
    const auto context = tls_ ? tls_->current() : nullptr;
    room_.admit(fd, context.get());
  }

  void open(Connection& connection, Head head) override {
    Exchange& exchange = connection.exchange;
    Request& request = exchange.request;
    request.client_address = client_address(connection.peer, head.headers, trusted_, forwarded_by_);
    const std::string_view id = head.header("x-request-id");
    request.request_id = is_sane_id(id) ? std::string(id) : make_id();
    request.method = std::move(head.method);
    exchange.http_1_0 = head.http_1_0;
    exchange.keep_alive = head.keep_alive && ++connection.answered < options_.keep_alive_requests && !stopping_;
    connection.client_may_send = head.keep_alive;
    exchange.accepts_gzip = accepts_gzip(head.header("accept-encoding"));
    request.headers = std::move(head.headers);

    const std::string_view target = head.target;
    const std::size_t mark = target.find('?');
    const std::string_view raw_path = target.substr(0, mark);
    auto path = percent_decode(raw_path, false);
    auto query = parse_query(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1));
    if (!path || !query) throw HttpError(400, "invalid_target", "bad percent-encoding, or not UTF-8 text");
    request.path = std::move(*path);
    request.query = std::move(*query);

    Match match = router_.match(request.method, raw_path);
    if (!match.route && (head.content_length > 0 || head.lacks_length)) throw no_route(match.allow);
    if (head.lacks_length) throw HttpError(411, "length_required", "Content-Length is missing");
    exchange.route = match.route;
    exchange.allow = std::move(match.allow);
    request.path_parameters = std::move(match.parameters);
  }

  void dispatch(Connection& connection) override {
    const Route* route = connection.exchange.route;
    Workers& workers = route && route->pool == Pool::ingest ? ingest_ : query_;
    if (workers.submit(connection)) return;
    throw busy("too many requests wait already");
  }

  void refuse(Connection& connection, const HttpError& error) override {
    Request& request = connection.exchange.request;
    if (request.request_id.empty()) {
      request.request_id = make_id();
      request.client_address = connection.peer;
    }
    if (connection.exchange.arrived == Clock::time_point()) connection.exchange.arrived = Clock::now();
    put(connection, problem(error, request.request_id));
    report(connection, error.status());
  }

  static HttpError no_route(const std::string& allow) {
    if (allow.empty()) return HttpError(404, "not_found", "there is nothing at this path");
    HttpError error(405, "method_not_allowed", "this path is served for " + allow);
    error.headers.emplace_back("Allow", allow);
    return error;
  }

  // On a worker; the connection is ours until it is taken back.
  void serve_one(Connection& connection) {
    Response response = answer(connection.exchange);
    if (response.stream && begin_stream()) return serve_stream(connection, std::move(response));
    if (response.stream) {
      response = problem(busy("too many exports are under way", 10), connection.exchange.request.request_id);
    }
    int status = response.status;
    try {
      put(connection, std::move(response));
    } catch (const std::exception& error) {
      fail(connection.exchange.request, error.what());
      status = 500;
      put(connection, internal_error(connection.exchange.request));
    }
    report(connection, status);
    room_.take_back(connection);
  }

  // A stream keeps its worker for as long as the client takes. Half of the workers are left for other questions.
  bool begin_stream() {
    const std::size_t most = std::max<std::size_t>(1, options_.query_threads / 2);
    if (streams_.fetch_add(1) < most) return true;
    --streams_;
    return false;
  }

  // A stream that breaks after its status has gone out can only be cut, so that the client sees that it is not whole.
  void serve_stream(Connection& connection, Response response) {
    int status = response.status;
    bool whole = false, is_said = false, holds_place = true;
    try {
      Pace pace;
      add_headers(connection.exchange, response);
      // A client that is quick enough never lets the server wait, so that the time is looked at before each piece.
      const auto may_go_on = [&] { return !room_.is_out_of_time(); };
      response.stream = [&is_said, make = std::move(response.stream)](std::string& piece) {
        is_said = !make(piece);
        return !is_said;
      };
      // The place is free before the client can know that this was the end. Who does not take the end holds it on.
      const auto write = [&] {
        if (!is_said) return write_all(connection, pace);
        --streams_;
        holds_place = connection.flush() != Socket::State::done;
        if (!holds_place) return true;
        ++streams_;
        return write_all(connection, pace);
      };
      whole = send_stream(connection, std::move(response), may_go_on, write);
      if (!whole) status = kClientGone;
    } catch (const std::exception& error) {
      fail(connection.exchange.request, error.what());
      status = 500;
    } catch (...) {
      fail(connection.exchange.request, kUnknownException);
      status = 500;
    }
    if (holds_place) --streams_;
    report(connection, status);
    whole ? room_.take_back(connection) : room_.drop(connection);
  }

  static Response internal_error(const Request& request) {
    return problem(HttpError(500, "internal_error", "the server failed; its log says more"), request.request_id);
  }

  Response answer(const Exchange& exchange) {
    const Request& request = exchange.request;
    try {
      if (!exchange.route) {
        if (request.method != "OPTIONS" || exchange.allow.empty()) throw no_route(exchange.allow);
        Response response;
        response.status = 204;
        response.headers.emplace_back("Allow", exchange.allow);
        return response;
      }
      if (gate_) gate_(request, *exchange.route);
      return exchange.route->handler(request);
    } catch (const HttpError& error) {
      return problem(error, request.request_id);
    } catch (const std::exception& error) {
      fail(request, error.what());
    } catch (...) {
      fail(request, kUnknownException);
    }
    return internal_error(request);
  }

  void add_headers(const Exchange& exchange, Response& response) const {
    if (!options_.add_headers) return;
    options_.add_headers(exchange.request, exchange.route, response.headers);
  }

  void put(Connection& connection, Response response) const {
    add_headers(connection.exchange, response);
    put_answer(connection, std::move(response));
  }

  // How a client takes a streamed answer. Only time spent waiting for it counts, not that for making pieces.
  struct Pace {
    std::size_t bytes = 0;
    Clock::duration waited = {};
  };

  // Sends the output of a streamed answer, waiting for the client. Over the whole answer it must take at least the
  // bytes that time_for() grants: one that reads a little now and then would hold a worker for days.
  bool write_all(Connection& connection, Pace& pace) {
    pace.bytes += connection.output_head.size();
    for (;;) {
      const Socket::State state = connection.flush();
      if (state == Socket::State::done) return true;
      if (state == Socket::State::closed || pace.waited > room_.time_for(pace.bytes) || room_.is_out_of_time())
        return false;
      const auto begin = Clock::now();
      pollfd ready{connection.socket.fd(), static_cast<short>(state == Socket::State::wants_read ? POLLIN : POLLOUT),
                   0};
      ::poll(&ready, 1, 250);
      pace.waited += Clock::now() - begin;
    }
  }

  void fail(const Request& request, const std::string& what) {
    if (options_.on_failure) options_.on_failure(request, what);
  }

  void report(const Connection& connection, int status) {
    if (!observe_) return;
    const Exchange& exchange = connection.exchange;
    const std::chrono::duration<double> taken = Clock::now() - exchange.arrived;
    observe_(exchange.request, exchange.route ? exchange.route->pattern : "-", status, taken.count());
  }

  const ServerOptions options_;
  const std::vector<Network> trusted_;
  const ForwardedBy forwarded_by_;
  const Router router_;
  const Gate gate_;
  const Observer observe_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> streams_{0};  // under way
  WaitingRoom room_;
  const std::unique_ptr<Tls> tls_;  // null: plain HTTP
  Acceptor acceptor_;
  Workers ingest_;
  Workers query_;
};

Server::Server(ServerOptions options, std::vector<Route> routes, Gate gate, Observer observe)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(routes), std::move(gate), std::move(observe))) {}
Server::~Server() = default;
int Server::bind() { return impl_->bind(); }
void Server::serve() { impl_->serve(); }
void Server::stop() { impl_->stop(); }
void Server::reload_tls() { impl_->reload_tls(); }

}  // namespace callarchive::http
