#include "server/cli/protection.h"

#include <utility>

namespace callarchive::cli {

Protection::Protection(const ServeFlags& flags, const ServePlan& plan)
    : flags_(flags),
      options_(plan.access),
      access_(std::make_shared<AccessControl>(options_)),
      credentials_(std::make_shared<SharedCredentials>(complete(plan.credentials))),
      failures_(std::make_shared<http::FailureLimit>(options_.failures)) {}

void Protection::reload() {
  const ServePlan plan = make_plan(flags_);
  if (plan.access.webhook_is_open != options_.webhook_is_open) {
    throw UsageError("whether anybody may deliver is settled at the start; restart to change it");
  }
  access_->reload();
  credentials_->set(complete(plan.credentials));
}

http::Handler Protection::limited(http::Handler receive) const {
  return
      [receive = std::move(receive), failures = failures_, credentials = credentials_](const http::Request& request) {
        try {
          return receive(request);
        } catch (const http::HttpError& error) {
          // A signature is not guessed, and a sender whose clock is off knows the secret: these are told 401 each time.
          const bool is_signed = request.header("webhook-signature") && !credentials->get()->secrets.empty();
          const bool is_guess = !is_signed && error.code() != "clock_skew";
          const bool is_wrong = error.status() == 401 && is_guess;
          const int seconds = is_wrong ? failures->fail(request.client_address) : 0;
          if (seconds == 0) throw;
          http::HttpError limited(429, "too_many_failures", "too many wrong credentials from this address");
          limited.headers.emplace_back("Retry-After", std::to_string(seconds));
          throw limited;
        }
      };
}

WebhookCredentials Protection::complete(WebhookCredentials credentials) const {
  if (!options_.webhook_is_open) {
    credentials.is_known_elsewhere = [access = access_](const http::Request& request) {
      return access->may_deliver(request);
    };
  }
  return credentials;
}

}  // namespace callarchive::cli
