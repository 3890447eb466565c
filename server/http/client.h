#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

// An HTTP client. Only client.cpp knows which library it uses.

namespace callarchive::http {

// The server cannot be reached, or stopped in the middle of an answer. what() says which and why.
struct ConnectionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ClientOptions {
  std::string url = {};      // http:// or https://, host, port, and optionally a path before that of the targets
  std::string token = {};    // sent as bearer; empty: none
  std::string ca_file = {};  // PEM; only these authorities are trusted; empty: those of the system
};

struct ClientAnswer {
  int status = 0;
  std::string content_type = {};
  std::string body = {};  // empty for a 200, whose body goes to the sink
};

// One server. For one thread.
class Client {
 public:
  // Throws std::invalid_argument for an invalid URL or a token that a header cannot contain.
  explicit Client(ClientOptions options);
  ~Client();

  // GET of a target ("/v1/calls?limit=2", encoded). The body of a 200 goes to `sink` piece by piece. Redirects are
  // answers, not followed: the token is for this server alone. Certificates are verified. Throws ConnectionError, and
  // what `sink` throws.
  ClientAnswer get(const std::string& target, const std::function<void(std::string_view)>& sink);

  // Whether others in the network could read what is sent.
  bool is_in_the_clear() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace callarchive::http
