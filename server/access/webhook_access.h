#pragma once

#include "server/access/access.h"
#include "server/access/signature.h"
#include "server/http.h"
#include "server/http/failure_limit.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

// Who may submit webhooks. webhook_access.cpp decides everything about it, except that signature.cpp checks signatures
// and AccessControl knows the tokens of scope ingest.

namespace callarchive {

struct WebhookCredentials {
  std::vector<SigningSecret> secrets = {};  // for senders that sign; several while rotating
  std::vector<std::string> tokens = {};     // for senders that do not

  bool is_empty() const { return secrets.empty() && tokens.empty(); }
};

// A sender that has authenticated itself, or does not need to.
struct Sender {
  bool is_authenticated = false;  // by a signature or a token
  // The id that identifies a redelivery. Set only for a signed request, or if no credential is required: otherwise
  // whoever knows a token could use up the ids of future deliveries.
  std::optional<std::string> webhook_id = {};
};

struct WebhookAccessOptions {
  // Any program on this machine may submit webhooks; otherwise a credential is required, whether one is configured or
  // not.
  bool is_open = false;
  http::FailureLimit::Options failures = {};
  // Called on many threads, for each verified signature, with our clock minus the sender's in seconds.
  std::function<void(double seconds)> note_clock_difference = {};
};

// May be used from any thread.
class WebhookAccess {
 public:
  WebhookAccess(WebhookAccessOptions options, WebhookCredentials credentials,
                std::shared_ptr<const AccessControl> api_tokens);

  // Replaces the credentials. Requests that are being checked still use the old ones.
  void replace(WebhookCredentials credentials);

  // If secrets are configured, a signature in the request must be valid. A request without one needs a token, as the
  // last segment of the path, as `Authorization: Bearer`, or as the password of `Authorization: Basic`; or an API token
  // of scope ingest. If no credential is required, only web pages of other origins are refused. `now` is our clock. The
  // headers svix-id, svix-timestamp and svix-signature mean the same as those with webhook-. Throws HttpError: 401
  // unauthorized or clock_skew, 403 foreign_host or foreign_origin, and 429 too_many_failures for a client whose
  // signatures or tokens were wrong too often. A valid credential is always accepted.
  Sender authenticate(const http::Request& request, Millis now);

 private:
  std::shared_ptr<const WebhookCredentials> credentials() const;
  [[noreturn]] void refuse(const http::Request& request, const char* detail);
  void verify_signature(const http::Request& request, const std::vector<SigningSecret>& secrets, Millis now);
  void check_token(const http::Request& request, const WebhookCredentials& credentials);

  const WebhookAccessOptions options_;
  const std::shared_ptr<const AccessControl> api_tokens_;
  http::FailureLimit failures_;
  mutable std::mutex mutex_;
  std::shared_ptr<const WebhookCredentials> credentials_;  // guarded by mutex_
};

}  // namespace callarchive
