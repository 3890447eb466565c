#pragma once

#include "server/vendor/limiter.h"
#include "server/vendor/transfer.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

// Requests to the vendor's REST API. The key goes to the vendor's host alone, and into no message.

namespace callarchive::vendor {

struct ClientOptions {
  std::string url = "https://api.withallo.com";  // without a slash at its end
  std::string key = {};
  TransferRules transfer = {};  // its hosts are not used: the vendor's host is the only one
  std::shared_ptr<Limiter> limiter = std::make_shared<Limiter>();  // shared by all that use the key
  int tries = 6;                                                   // of one request
  std::chrono::milliseconds first_wait = std::chrono::seconds(1);  // after a failure; doubled each time
  std::chrono::milliseconds longest_wait = std::chrono::minutes(1);
  // A pause that the vendor asks for is waited for if it is no longer than this.
  std::chrono::milliseconds longest_pause = std::chrono::minutes(5);
  std::function<bool()> may_go_on = {};  // false ends with Stopped
};

// What the vendor answered to one request.
struct Reply {
  int status = 0;
  std::string body = {};
  std::string code = {};   // of its error objects, such as DATE_RANGE_TOO_WIDE; empty without one
  std::string param = {};  // the parameter that the error is about, where it says so
  bool is_retryable = false;
  std::optional<std::chrono::seconds> retry_after = {};  // as asked for in any of its ways
};

// The vendor did not give what was requested. what() says of which request, without key, numbers and query.
struct VendorError : std::runtime_error {
  VendorError(const std::string& text, Reply reply_ = {}) : std::runtime_error(text), reply(std::move(reply_)) {}
  Reply reply;  // status 0: there was no answer
  bool is_refusal() const { return reply.status >= 400 && reply.status < 500 && reply.status != 429; }
  bool is_busy() const { return reply.status == 429; }
  // The key lacks the scope, or must not see this.
  bool is_denied() const { return reply.status == 401 || reply.status == 403; }
};

// Any number of threads.
class Client {
 public:
  explicit Client(ClientOptions options);

  // The body of an answer 2xx. What failed for a reason that may pass (429, 5xx, "retryable", no answer) is tried
  // again, up to the number of tries. A pause that the vendor asks for holds for all who share the limiter.
  // Throws VendorError, Stopped.
  std::string get(const std::string& path);
  std::string post(const std::string& path, const std::string& json);

  // One try, whatever is answered. Throws TransferError, Stopped.
  Reply once(const std::string& method, const std::string& path, const std::string& json = {});

  std::int64_t requests() const { return requests_; }  // sent so far
  const ClientOptions& options() const { return options_; }

 private:
  std::string insist(const std::string& method, const std::string& path, const std::string& json);
  void wait(std::chrono::milliseconds time) const;

  const ClientOptions options_;
  std::atomic<std::int64_t> requests_ = 0;
};

// What an X-RateLimit-Reset means: a time if it is large, seconds to wait if it is small. Nothing if it is no number.
std::optional<std::chrono::seconds> pause_of_reset(const std::string& text, std::int64_t unix_now);

}  // namespace callarchive::vendor
