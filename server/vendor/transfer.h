#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// One HTTPS request, and what may be asked at all. libcurl is known to transfer.cpp alone. Recordings and the vendor's
// API are fetched with it.

namespace callarchive::vendor {

// Where recordings may be fetched from, and how much of what.
struct TransferRules {
  // "storage.example.com", "*.example.com" for every name below it, "10.1.2.3:9000"; the port is 443 unless it is
  // named.
  std::vector<std::string> hosts = {};
  bool allow_private = false;   // addresses of private networks
  bool allow_loopback = false;  // this machine
  std::string ca_file = {};     // PEM; empty: the system's
  std::int64_t max_bytes = std::int64_t{512} << 20;
  std::chrono::milliseconds first_byte = std::chrono::seconds(10);
  std::int64_t least_speed = 1000;  // bytes in a second …
  std::chrono::seconds least_speed_for{60};
  std::vector<std::string> resolve = {};  // for tests: "name:port:address", as CURLOPT_RESOLVE takes it
};

struct TransferRequest {
  std::string url = {};
  std::string method = "GET";
  std::string body = {};                  // of a request that has one
  std::vector<std::string> headers = {};  // "Name: value"
  std::chrono::steady_clock::time_point deadline = {};
  std::function<bool()> may_go_on = {};  // asked once a second and more often; false ends with Stopped
};

struct TransferAnswer {
  int status = 0;
  std::string etag = {};           // with its quotes
  std::string content_range = {};  // as sent
  std::optional<std::int64_t> length = {};
  std::string location = {};  // of a redirect: absolute
  std::optional<std::chrono::seconds> retry_after = {};
  std::string rate_remaining = {};  // X-RateLimit-Remaining and -Reset, as sent
  std::string rate_reset = {};
};

// There was no answer, or it broke off; what() says why, without the link.
struct TransferError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The program is ending.
struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped") {}
};

// The host with its port unless that is 443, as messages may show it. Empty when it is no https address.
std::string host_of(const std::string& url);
// Whether two addresses have the same scheme, host and port.
bool is_same_origin(const std::string& url, const std::string& other);
// Throws TransferError unless it is https to one of the hosts.
void check_url(const TransferRules& rules, const std::string& url);
// Whether a text is what TransferRules::hosts takes.
bool is_host_rule(const std::string& text);

// Asks and hands the pieces of the body on as they come, each with the head. Redirects are not followed. Each address
// that the name stands for is judged when it is about to be connected to. What `take` throws ends the request and comes
// out of it. Throws TransferError, Stopped.
TransferAnswer transfer(const TransferRules& rules, const TransferRequest& request,
                        const std::function<void(const TransferAnswer& head, std::string_view bytes)>& take);

}  // namespace callarchive::vendor
