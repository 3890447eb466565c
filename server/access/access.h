#pragma once

#include "server/access/tokens.h"
#include "server/http.h"
#include "server/http/failure_limit.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

// Who has read access: the API's tokens, and the rules for an archive without tokens.

namespace callarchive {

struct AccessOptions {
  std::string tokens_file = {};  // empty: there are no tokens
  bool on_loopback = true;       // only programs on this machine can connect
  // Host names besides localhost, 127.0.0.1 and [::1] under which the program is reached, without port.
  std::vector<std::string> allowed_hosts = {};
  http::FailureLimit::Options failures = {};
};

// Decides by Route::access and the caller's token. Without a tokens file:
//  * on loopback everybody has read access, but Host must be a name of this machine, and Origin, if present, must be
//  the
//    same: a web page that points its own name at 127.0.0.1 (DNS rebinding) sends neither;
//  * elsewhere nobody has.
// Webhooks are left to WebhookAccess, which sees the body as well. Any thread.
class AccessControl {
 public:
  // Throws std::runtime_error if the tokens file cannot be read or has an invalid line.
  explicit AccessControl(AccessOptions options, http::FailureLimit::Now now = http::FailureLimit::Clock::now);

  // Reads the tokens file again. Throws like the constructor; then the old tokens remain valid.
  void reload();

  // Checks whether the caller may use the route. Throws HttpError: 401 unauthorized, 403 insufficient_scope or
  // foreign_host or foreign_origin, 429 too_many_failures.
  void check(const http::Request& request, const http::Route& route);

  // The first rule for an archive without tokens on loopback; everywhere else it lets everybody pass. Requests that a
  // browser makes for pages of other sites carry no Origin when they are plain GETs, but Sec-Fetch-Site
  // (https://www.w3.org/TR/fetch-metadata/): of these only a navigation to the page itself passes.
  // Throws HttpError: 403 foreign_host or foreign_origin.
  void check_origin(const http::Request& request) const;

  // The scopes of the caller, as /v1/me shows them: "read", "admin", "ingest". Empty if the caller has none.
  std::vector<std::string> scopes_of(const http::Request& request) const;

  // Whether the caller presents a token of scope ingest.
  bool has_ingest_token(const http::Request& request) const;

 private:
  bool is_open() const { return options_.tokens_file.empty() && options_.on_loopback; }
  std::optional<Token> token_of(const http::Request& request) const;
  void check_token(const http::Request& request, const std::string& wanted);

  const AccessOptions options_;
  http::FailureLimit failures_;
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<Token>> tokens_;  // guarded by mutex_; null: there is no file
};

// The gate of a server; shares the access control, so that it can be reloaded.
http::Gate make_gate(std::shared_ptr<AccessControl> access);

}  // namespace callarchive
