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

// Who may submit webhooks: everything that decides about it is in webhook_access.cpp. The signature itself is checked
// in signature.cpp; tokens of scope ingest belong to AccessControl.

namespace callarchive {

struct WebhookCredentials {
  std::vector<SigningSecret> secrets = {};  // for senders that sign; several while rotating
  std::vector<std::string> tokens = {};     // for senders that do not

  bool is_empty() const { return secrets.empty() && tokens.empty(); }
};

// A sender that has authenticated itself, or need not.
struct Sender {
  bool is_authenticated = false;  // by a signature or a token
  // The id by which to recognise a redelivery. Only of a signed request, or where no credentials are configured:
  // whoever merely knows a token could otherwise use up the ids of deliveries to come.
  std::optional<std::string> webhook_id = {};
};

struct WebhookAccessOptions {
  // Anybody on this machine may submit; otherwise a credential is required, whether one is configured or not.
  bool is_open = false;
  http::FailureLimit::Options failures = {};
  // Called with our clock minus the sender's, in seconds, for each verified signature, in time or not. Many threads.
  std::function<void(double seconds)> note_clock_difference = {};
};

// Any thread.
class WebhookAccess {
 public:
  WebhookAccess(WebhookAccessOptions options, WebhookCredentials credentials,
                std::shared_ptr<const AccessControl> api_tokens);

  // Replaces the credentials. Requests that are being checked end with the old ones.
  void replace(WebhookCredentials credentials);

  // A request with a signature must verify where there are secrets. Any other needs a token, as the last segment of the
  // path, as `Authorization: Bearer`, or as the password of `Authorization: Basic`; or an API token of scope ingest.
  // Where submitting is open, only web pages of other origins are refused. `now` is our clock.
  // The headers svix-id, svix-timestamp and svix-signature mean the same as those with webhook-.
  // Throws HttpError: 401 unauthorized or clock_skew, 403 foreign_host or foreign_origin, and 429 too_many_failures
  // for a client whose signatures or tokens were wrong too often. A right credential is always accepted.
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
