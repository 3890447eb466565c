#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

// Asking a server over HTTP. Which library does it is known to client.cpp alone.

namespace callarchive::http {

// The server cannot be reached, or stopped in the middle of an answer. what() says which and why.
struct ConnectionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ClientOptions {
  std::string url = {};      // http:// or https://, host, port, and perhaps the path it is served under
  std::string token = {};    // sent as bearer; empty: none
  std::string ca_file = {};  // PEM; trusted besides nothing else; empty: what the system trusts
};

struct ClientAnswer {
  int status = 0;
  std::string content_type = {};
  std::string body = {};  // of anything but a 200
};

// One server. For one thread.
class Client {
 public:
  // Throws std::invalid_argument: no such URL, or a token that cannot stand in a header.
  explicit Client(ClientOptions options);
  ~Client();

  // GET of a target ("/v1/calls?limit=2", encoded). The body of a 200 goes to `sink` piece by piece. Redirects are
  // answers, not followed: the token is for this server alone. Certificates are verified. Throws ConnectionError, and
  // what `sink` throws.
  ClientAnswer get(const std::string& target, const std::function<void(std::string_view)>& sink);

  // Whether others on the way can read along.
  bool is_in_the_clear() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace callarchive::http
