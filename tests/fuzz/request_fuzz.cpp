#include "server/http.h"
#include "tests/http/raw_client.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>

// The whole server over a socket of the loopback network: any bytes, then the end of what the client sends.

namespace {

using namespace callarchive::http;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Response show(const Request& request) {
  Response response;
  response.content_type = "text/plain";
  response.body = request.path + ' ' + std::to_string(request.body.size());
  for (const auto& [name, value] : request.query) response.body += '\n' + name + '=' + value;
  return response;
}

Response stream(const Request&) {
  Response response;
  response.content_type = "application/json";
  response.stream = [left = 40](std::string& piece) mutable {
    piece.assign(100, 'x');
    return --left > 0;
  };
  return response;
}

// Small limits, so that they are met, and much time.
ServerOptions small_limits() {
  ServerOptions options;
  options.port = 0;
  options.max_head_bytes = 1024;
  options.max_headers = 12;
  options.max_body_bytes = 2048;
  options.keep_alive_requests = 5;
  options.request_seconds = options.keep_alive_seconds = 3600;
  options.ingest_threads = options.query_threads = 1;
  options.on_failure = [](const Request&, const std::string&) { std::abort(); };  // no handler here throws
  return options;
}

class Running {
 public:
  Running() : port_(server_.bind()), thread_([this] { server_.serve(); }) {}
  ~Running() {
    server_.stop();
    thread_.join();
  }

  struct Seen {
    std::string requests;   // what handlers and observers were shown, a line each
    std::size_t bytes = 0;  // answered, without 100 (Continue)
    bool operator==(const Seen&) const = default;
  };

  // Sends the bytes, in two pieces if told so, and reads to the end.
  Seen exchange(std::string_view bytes, std::size_t first_piece) {
    callarchive::http::testing::RawClient client(port_);
    std::string answers;
    // A server that has refused the beginning need not take the rest.
    if (client.send(bytes.substr(0, first_piece))) client.send(bytes.substr(first_piece));
    client.end_sending();
    for (std::string piece = "x"; !piece.empty(); answers += piece) piece = client.read_some(1u << 16);
    for (std::size_t at = 0; (at = answers.find(kContinue)) != std::string::npos;) answers.erase(at, kContinue.size());
    if (!answers.empty() && !answers.starts_with("HTTP/1.1 ")) std::abort();
    const std::lock_guard lock(mutex_);
    return {std::exchange(requests_, {}), answers.size()};
  }

 private:
  void note(const Request& request, const std::string& route, int status) {
    // Whether a long line or a long head is noticed first depends on how they arrive.
    const bool too_long = status == 414 || status == 431;
    std::string line = route + ' ' + (too_long ? "4xx" : std::to_string(status));
    if (!too_long) line += ' ' + request.method + ' ' + request.path + ' ' + std::to_string(request.body.size());
    const std::lock_guard lock(mutex_);
    requests_ += line + '\n';
  }

  std::mutex mutex_;
  std::string requests_;
  Server server_{small_limits(),
                 {{"GET", "/show", Access::open, show},
                  {"GET", "/items/{id}", Access::open, show},
                  {"GET", "/stream", Access::open, stream},
                  {"POST", "/webhook", Access::webhook, show, Pool::ingest}},
                 nullptr,
                 [this](const Request& request, const Outcome& outcome) {
                   note(request, std::string(outcome.route), outcome.status);
                 }};
  const int port_;
  std::thread thread_;
};

}  // namespace

// Each connection is answered and ended, and how its bytes arrive makes no difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Running server;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = server.exchange(bytes, size);
  const auto pieces = server.exchange(bytes, size == 0 ? 0 : data[0] % size);
  if (whole.requests != pieces.requests) std::abort();
  // The texts of 414 and 431 differ in length.
  if (whole.requests.find("4xx") == std::string::npos && whole.bytes != pieces.bytes) std::abort();
  return 0;
}
