#include "server/http.h"

#include "server/http/acceptor.h"
#include "server/http/address.h"
#include "server/http/answer.h"
#include "server/http/gzip.h"
#include "server/http/router.h"
#include "server/http/sleepers.h"
#include "server/http/stream.h"
#include "server/http/tls.h"
#include "server/http/url.h"
#include "server/http/waiting_room.h"
#include "server/http/workers.h"
#include "server/memory.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

namespace callarchive::http {
namespace {

constexpr std::chrono::seconds kStopGrace{3};
constexpr int kClientGone = 499;  // see Outcome::status
constexpr const char* kUnknownException = "an exception that is not a std::exception";

bool is_request_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), allowed);
}

// Sixteen hex digits. Identifies the request; not a secret.
std::string make_request_id() {
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

// No answer but those of a file is cut by a range, and most handlers do not know that there are any.
void drop_ranges(Headers& headers) {
  std::erase_if(headers, [](const auto& header) { return header.first == "range" || header.first == "if-range"; });
}

std::vector<Network> parse_networks(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    const auto network = Network::parse(text);
    if (!network) throw std::invalid_argument("trusted proxy " + text + ": not an address or a network");
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

class Server::Impl : private RequestSink {
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
        streams_(std::max<std::size_t>(1, options_.query_threads / 2)),
        ingest_(options_.ingest_threads, options_.max_queued_requests, [this](Connection& c) { serve_one(c); }),
        query_(options_.query_threads, options_.max_queued_requests, [this](Connection& c) { serve_one(c); }),
        sleepers_(options_.max_connections / 4, [this](Connection& c, bool is_over) { resume(c, is_over); }) {
    set_memory_policy();
    // sendfile() raises it where a client is gone, and there is no flag against that. For the whole process.
    ::signal(SIGPIPE, SIG_IGN);
  }

  int bind() { return acceptor_.bind(options_.host, options_.port); }

  void serve() {
    std::thread reader([this] { room_.run(); });
    acceptor_.run();
    sleepers_.stop();
    room_.drain(kStopGrace);
    reader.join();
    ingest_.stop();
    query_.stop();
    if (!stopping_) throw std::runtime_error("the listening socket failed");
  }

  void stop() {
    stopping_ = true;
    acceptor_.stop();
  }

  void wake(std::uint64_t happened) { sleepers_.wake(happened); }

  void reload_tls() {
    if (tls_) tls_->reload();
  }

 private:
  void admit(int fd) {
    const auto context = tls_ ? tls_->current() : nullptr;
    room_.admit(fd, context.get());
  }

  void begin_request(Connection& connection, Head head) override {
    Exchange& exchange = connection.exchange;
    Request& request = exchange.request;
    request.client_address = client_address(connection.peer, head.headers, trusted_, forwarded_by_);
    const std::string_view id = head.header("x-request-id");
    request.request_id = is_request_id(id) ? std::string(id) : make_request_id();
    request.method = std::move(head.method);
    exchange.http_1_0 = head.http_1_0;
    ++connection.requests;
    exchange.keep_alive = head.keep_alive && connection.requests < options_.keep_alive_requests && !stopping_;
    connection.client_may_send = head.keep_alive;
    exchange.accepts_gzip = accepts_gzip(head.header("accept-encoding"));
    request.headers = std::move(head.headers);

    const std::string_view target = head.target;
    const std::size_t mark = target.find('?');
    const std::string_view raw_path = target.substr(0, mark);
    // First of all, so that a refusal is told with its route.
    Match match = router_.match(request.method, raw_path);
    exchange.route = match.route;
    exchange.allow = std::move(match.allow);
    request.path_parameters = std::move(match.parameters);
    auto path = percent_decode(raw_path, false);
    auto query = parse_query(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1));
    if (!path || !query) throw HttpError(400, "invalid_target", "bad percent-encoding, or not UTF-8 text");
    request.path = std::move(*path);
    request.query = std::move(*query);

    const bool has_body = head.content_length > 0 || head.is_chunked || head.lacks_length;
    if (!match.route && has_body) throw no_route(exchange.allow);
    if (head.lacks_length) {
      throw HttpError(411, "length_required", "neither Content-Length nor Transfer-Encoding: chunked is present");
    }
    if (!match.route || !match.route->takes_ranges) drop_ranges(request.headers);
  }

  void hand_over(Connection& connection) override {
    const Route* route = connection.exchange.route;
    Workers& workers = route && route->pool == Pool::ingest ? ingest_ : query_;
    if (workers.submit(connection)) return;
    throw busy("too many queued requests");
  }

  std::vector<Connection*> withdraw(std::size_t most,
                                    const std::function<bool(const Connection&)>& may_leave) override {
    auto withdrawn = query_.withdraw(most, may_leave);
    const auto asleep = sleepers_.withdraw(most - withdrawn.size(), may_leave);
    withdrawn.insert(withdrawn.end(), asleep.begin(), asleep.end());
    return withdrawn;
  }

  void put_refusal(Connection& connection, const HttpError& error) override {
    Request& request = connection.exchange.request;
    if (request.request_id.empty()) {
      request.request_id = make_request_id();
      request.client_address = connection.peer;
    }
    if (connection.exchange.arrived == Clock::time_point()) connection.exchange.arrived = Clock::now();
    if (request.method.empty()) recognise(connection);
    put(connection, problem(error, request.request_id));
    report(connection, error.status(), error.code());
  }

  // Finds the route of a request whose head was refused, so that log and metrics can name it.
  void recognise(Connection& connection) const {
    auto head = peek_request_line(connection.input);
    if (!head) return;
    connection.exchange.route = router_.match(head->method, head->target.substr(0, head->target.find('?'))).route;
    connection.exchange.request.method = std::move(head->method);
  }

  static HttpError no_route(const std::string& allow) {
    if (allow.empty()) return HttpError(404, "not_found", "no such path");
    HttpError error(405, "method_not_allowed", "method not allowed; allowed: " + allow);
    error.headers.emplace_back("Allow", allow);
    return error;
  }

  // On a worker; the connection is ours until it is returned to the room.
  void serve_one(Connection& connection) {
    Response response = answer(connection.exchange);
    if (response.wait) {
      if (sleepers_.add(connection, response.wait->seen, connection.exchange.arrived + response.wait->at_most)) return;
      connection.exchange.request.may_wait = false;
      response = answer(connection.exchange);
    }
    if (response.stream) {
      if (auto slot = streams_.take()) return serve_stream(connection, std::move(response), std::move(*slot));
      response = problem(busy("too many exports at the same time", 10), connection.exchange.request.request_id);
    }
    int status = response.status;
    std::string code = response.problem_code;
    try {
      put(connection, std::move(response));
    } catch (const std::exception& error) {
      fail(connection.exchange.request, error.what());
      Response failed = internal_error(connection.exchange.request);
      status = failed.status;
      code = failed.problem_code;
      put(connection, std::move(failed));
    }
    report(connection, status, code);
    room_.take_back(connection);
  }

  // A request that slept goes back to a worker.
  void resume(Connection& connection, bool is_over) {
    if (is_over) connection.exchange.request.may_wait = false;
    try {
      hand_over(connection);
    } catch (const HttpError& error) {
      put_refusal(connection, error);
      room_.take_back(connection);
    }
  }

  // A stream that breaks after its status has been sent can only be cut, so that the client sees that it is incomplete.
  void serve_stream(Connection& connection, Response response, StreamSlot slot) {
    int status = response.status;
    bool is_whole = false;
    try {
      add_headers(connection.exchange, response);
      is_whole = StreamSender(connection, room_, streams_, std::move(slot)).send(std::move(response));
      if (!is_whole) status = kClientGone;
    } catch (const std::exception& error) {
      fail(connection.exchange.request, error.what());
      status = 500;
    } catch (...) {
      fail(connection.exchange.request, kUnknownException);
      status = 500;
    }
    report(connection, status, status == 500 ? "internal_error" : "");
    is_whole ? room_.take_back(connection) : room_.drop(connection);
  }

  static Response internal_error(const Request& request) {
    return problem(HttpError(500, "internal_error", "internal error; see the server log"), request.request_id);
  }

  Response answer(Exchange& exchange) {
    Request& request = exchange.request;
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

  void fail(const Request& request, const std::string& what) {
    if (options_.on_failure) options_.on_failure(request, what);
  }

  void report(const Connection& connection, int status, std::string_view problem_code) {
    if (!observe_) return;
    const Exchange& exchange = connection.exchange;
    const std::chrono::duration<double> taken = Clock::now() - exchange.arrived;
    const std::string_view route = exchange.route ? std::string_view(exchange.route->pattern) : "-";
    observe_(exchange.request, {route, status, problem_code, taken.count()});
  }

  const ServerOptions options_;
  const std::vector<Network> trusted_;
  const ForwardedBy forwarded_by_;
  const Router router_;
  const Gate gate_;
  const Observer observe_;
  std::atomic<bool> stopping_{false};
  WaitingRoom room_;
  const std::unique_ptr<Tls> tls_;  // null: plain HTTP
  Acceptor acceptor_;
  StreamSlots streams_;
  Workers ingest_;
  Workers query_;
  Sleepers sleepers_;  // last: it gives to what is above
};

Server::Server(ServerOptions options, std::vector<Route> routes, Gate gate, Observer observe)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(routes), std::move(gate), std::move(observe))) {}
Server::~Server() = default;
int Server::bind() { return impl_->bind(); }
void Server::serve() { impl_->serve(); }
void Server::stop() { impl_->stop(); }
void Server::wake(std::uint64_t happened) { impl_->wake(happened); }
void Server::reload_tls() { impl_->reload_tls(); }

}  // namespace callarchive::http
