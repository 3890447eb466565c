#pragma once

#include "server/access/tokens.h"
#include "server/http.h"
#include "server/http/failure_limit.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

// Who may ask.

namespace callarchive {

struct AccessOptions {
  std::string tokens_file = {};  // empty: there are no tokens
  bool on_loopback = true;       // nobody but programs of this machine can connect
  // Names besides localhost, 127.0.0.1 and [::1] by which the program is reached, without port.
  std::vector<std::string> allowed_hosts = {};
  // Deliveries are accepted without a credential, so those from web pages have to be kept out here.
  bool webhook_is_open = true;
  http::FailureLimit::Options failures = {};
};

// Decides by Route::access and the caller's token. Without a tokens file:
//  * on loopback everybody may read everything, but Host must be a name of this machine and Origin, if there is one,
//    must be the same: a web page that points its own name at 127.0.0.1 (DNS rebinding) has neither;
//  * elsewhere nobody may.
// Any thread.
class AccessControl {
 public:
  // Throws std::runtime_error when the tokens file cannot be read.
  explicit AccessControl(AccessOptions options, http::FailureLimit::Now now = http::FailureLimit::Clock::now);

  // Reads the tokens file again; throws like the constructor, and then the old tokens stay.
  void reload();

  // Throws HttpError: 401 unauthorized, 403 insufficient_scope or foreign_host or foreign_origin, 429
  // too_many_failures.
  void check(const http::Request& request, const http::Route& route);

  // Of the caller, as /v1/me tells: "read", "admin", "ingest". Empty for nobody.
  std::vector<std::string> scopes_of(const http::Request& request) const;

  // Whether the caller presents a token of scope ingest.
  bool may_deliver(const http::Request& request) const;

 private:
  std::optional<Token> token_of(const http::Request& request) const;
  void check_origin(const http::Request& request) const;
  void check_token(const http::Request& request, const std::string& wanted);

  const AccessOptions options_;
  http::FailureLimit failures_;
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<Token>> tokens_;  // null: there is no file
};

// The gate of a server; shares the access control, so that it can be reloaded.
http::Gate make_gate(std::shared_ptr<AccessControl> access);

}  // namespace callarchive
