#pragma once

#include "server/http.h"
#include "server/ingest/signature.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

// Who may deliver.

namespace callarchive {

struct WebhookCredentials {
  std::vector<SigningSecret> secrets = {};  // for senders that sign; several while rotating
  std::vector<std::string> tokens = {};     // for senders that do not
  // Who else may deliver, such as the owner of an API token of scope ingest. Called on many threads.
  std::function<bool(const http::Request&)> is_known_elsewhere = {};

  // Nobody has to prove anything.
  bool is_open() const { return secrets.empty() && tokens.empty() && !is_known_elsewhere; }
};

// Credentials that can be exchanged while requests are served. Safe on any number of threads.
class SharedCredentials {
 public:
  explicit SharedCredentials(WebhookCredentials credentials);
  std::shared_ptr<const WebhookCredentials> get() const;
  void set(WebhookCredentials credentials);  // requests that have begun end with the old ones

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const WebhookCredentials> current_;
};

// A sender that has proved itself, or need not.
struct Sender {
  // The id to recognise a redelivery by. Only of a signed request, or where no credentials are configured: whoever
  // merely knows a token could otherwise use up the ids of deliveries to come.
  std::optional<std::string> webhook_id = {};
};

// A request with a signature must verify where there are secrets; any other needs a token, as the last part of the
// path, `Authorization: Bearer`, or the password of `Authorization: Basic`, or to be known elsewhere. Without any
// credentials all are let in.
// Throws HttpError 401, code "unauthorized" or "clock_skew".
Sender authenticate(const http::Request& request, const WebhookCredentials& credentials, Millis now);

}  // namespace callarchive
