#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP as the rest of the program sees it. A request travels: acceptor.h (the packaged cpp-httplib listens, and does no
// more; that page says why) → waiting_room.h (one thread reads all connections; head.h checks) → workers.h (a thread
// answers) → answer.h or stream.h. http.cpp connects them. Memory, deadlines and attacks: docs/security.md.

namespace callarchive::http {

using Headers = std::vector<std::pair<std::string, std::string>>;  // name, value

struct Request {
  std::string method = {};
  std::string path = {};                                        // percent-decoded; the part before '?'
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded, in the order sent ('+' is a space)
  Headers headers = {};                                         // names in lower case, values as sent
  std::string body = {};
  std::vector<std::string> path_parameters = {};  // what the groups of Route::pattern matched, decoded
  std::string client_address = {};                // of the socket, or as a trusted proxy reports
  std::string request_id = {};                    // the caller's if valid, else generated; echoed in the answer
  bool may_wait = true;                           // false: the answer must not be a Response::wait

  // The value of a header (name in lower case), or nothing.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Part of an open file. The descriptor is closed with the last copy.
struct FilePart {
  std::shared_ptr<const int> descriptor = {};  // null: none
  std::int64_t offset = 0;
  std::int64_t length = 0;  // bytes
};
// Takes over the descriptor.
std::shared_ptr<const int> share_descriptor(int descriptor);

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  Headers headers = {};
  std::string body = {};
  // The handler has chosen the content coding, and names it in `headers` if it is one: the server compresses nothing.
  bool precompressed = false;
  // Set for answers that are made while they are sent. Each call appends the next piece to `piece` and
  // returns true, or false when there is no more. Called on one thread, with nothing of the
  // archive locked while bytes go to the client. Throwing cuts the connection, so that the client notices.
  std::function<bool(std::string& piece)> stream = {};
  std::string problem_code = {};  // HttpError::code() of a problem, for log and metrics; not sent
  // Instead of an answer: there is nothing to say yet. The handler is called again as soon as something newer than
  // `seen` has happened (Server::wake), or, with Request::may_wait false, when the time is over. Until then the request
  // occupies no worker.
  struct Wait {
    std::uint64_t seen = 0;
    std::chrono::milliseconds at_most = {};  // since the request arrived
  };
  std::optional<Wait> wait = {};
  // Instead of `body`: sent from the file piece by piece as the client takes it, which holds neither a thread nor
  // memory.
  FilePart file = {};
};

struct FieldError {
  std::string field;
  std::string message;
};

// Ends the request with a problem (RFC 9457). `code` is stable and part of the API.
class HttpError : public std::runtime_error {
 public:
  HttpError(int status, std::string code, const std::string& detail, std::vector<FieldError> errors = {});
  int status() const { return status_; }
  const std::string& code() const { return code_; }
  const std::vector<FieldError>& errors() const { return errors_; }
  Headers headers = {};  // sent with the answer: Retry-After, Allow …

 private:
  int status_;
  std::string code_;
  std::vector<FieldError> errors_;
};

// The application/problem+json answer for an error.
Response problem(const HttpError& error, const std::string& request_id);

// 503 `busy`: too much of what `detail` names at the same time. The client may try again after so many seconds.
HttpError busy(const char* detail, int retry_after = 1);

// Who may call a route.
enum class Access {
  open,     // anybody: liveness, the API description
  webhook,  // decided by the handler, which authenticates the raw bytes
  read,
  admin,
};

// Which workers serve a route, so that readers cannot starve the receiver.
enum class Pool { ingest, query };

// May take the body over; nobody reads it afterwards.
using Handler = std::function<Response(Request&)>;

struct Route {
  std::string method;
  std::string pattern;  // "/v1/calls/{id}/transcript"; {name} matches one segment
  Access access;
  Handler handler;
  Pool pool = Pool::query;
  bool takes_ranges = false;  // the handler sees Range and If-Range, which no other does
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 8080;  // 0: the system picks one
  std::size_t max_body_bytes = 10u << 20;
  std::size_t max_head_bytes = 32u << 10;  // request line and headers together
  std::size_t max_headers = 100;
  std::size_t ingest_threads = 64;
  std::size_t query_threads = 16;  // at most half of them send streams
  std::size_t max_connections = 1024;
  int keep_alive_seconds = 2;
  int keep_alive_requests = 100;
  int request_seconds = 10;  // in which a whole request head must arrive; the body gets the same again for each MiB
  // PEM files; both or neither. With them the server speaks TLS (1.2 or newer) only.
  std::string tls_certificate = {};  // the chain, own certificate first
  std::string tls_key = {};          // without passphrase
  // Addresses and networks (10.0.0.0/8) whose X-Forwarded-For is believed, or whose Forwarded (RFC 7239).
  std::vector<std::string> trusted_proxies = {};
  bool proxies_send_forwarded = false;
  std::size_t max_queued_requests = 512;   // whole requests that wait for a worker, per pool; beyond that 503
  std::size_t max_held_bytes = 64u << 20;  // bodies that arrive and answers that leave, in total; beyond that 503
  // Adds to the headers of every answer, also of a refusal by the server itself, before it is sent. The request is
  // empty when its head was not understood; the route is null when none matches. Called on many threads.
  std::function<void(const Request&, const Route*, Headers&)> add_headers = {};
  // Called with what a handler threw other than HttpError; the client sees only a 500. Called on the worker.
  std::function<void(const Request&, const std::string& what)> on_failure = {};
};

// How a request was answered, for log and metrics.
struct Outcome {
  std::string_view route;         // the pattern, or "-" when none matched
  int status;                     // as sent; 499: the client left, or was too slow, in the middle of a stream
  std::string_view problem_code;  // of an answer with a problem, else empty
  double seconds;                 // from the last byte of the head to the answer
};

// Called once per request after its answer is known. Many threads. The views are valid during the call.
using Observer = std::function<void(const Request&, const Outcome&)>;

// Decides about a request before its handler runs; throws HttpError to refuse it.
using Gate = std::function<void(const Request&, const Route&)>;

// Serves the routes. Handlers run on many threads at once.
class Server {
 public:
  // Throws std::invalid_argument when a trusted proxy is not an address, std::runtime_error when the certificate or key
  // cannot be used.
  Server(ServerOptions options, std::vector<Route> routes, Gate gate, Observer observe);
  ~Server();

  // Binds and listens; returns the port. Throws std::runtime_error with the system's reason.
  int bind();
  // Serves until stop() is called. Every request accepted has been answered or refused when it returns.
  void serve();
  // May be called from any thread; not from a signal handler.
  void stop();
  // Something has happened for which requests may wait (Response::wait): `happened` rises each time. Cheap when none
  // waits. Any thread.
  void wake(std::uint64_t happened);
  // Reads certificate and key again, for new connections. Does nothing without TLS. Any thread.
  // Throws std::runtime_error, and then the old ones stay.
  void reload_tls();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace callarchive::http
