#include "server/access/webhook_access.h"

#include "server/access/authorization.h"
#include "server/text/base64.h"
#include "storage/sqlite/digest.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace callarchive {
namespace {

using http::Request;

// The headers of Standard Webhooks. Svix, from whose scheme the standard was made, and some proxies for webhooks send
// them under older names (https://docs.svix.com/receiving/verifying-payloads/how-manual).
struct HeaderNames {
  const char* id;
  const char* timestamp;
  const char* signature;
};
constexpr HeaderNames kStandard{"webhook-id", "webhook-timestamp", "webhook-signature"};
constexpr HeaderNames kSvix{"svix-id", "svix-timestamp", "svix-signature"};

// The names that the sender uses: those of the standard unless only the others carry a signature or, unsigned, an id.
// The two sets are never mixed.
const HeaderNames& names_of(const Request& request) {
  const auto has = [&](const char* name) { return request.header(name).has_value(); };
  if (has(kStandard.signature)) return kStandard;
  if (has(kSvix.signature)) return kSvix;
  return !has(kStandard.id) && has(kSvix.id) ? kSvix : kStandard;
}

SignatureHeaders signature_headers(const Request& request) {
  const HeaderNames& names = names_of(request);
  return {
      .id = request.header(names.id).value_or(""),
      .timestamp = request.header(names.timestamp).value_or(""),
      .signature = request.header(names.signature).value_or(""),
  };
}

bool has_signature(const Request& request) { return request.header(names_of(request).signature).has_value(); }

std::optional<std::string> valid_webhook_id(const Request& request) {
  const std::string_view id = signature_headers(request).id;
  return is_webhook_id(id) ? std::optional<std::string>(id) : std::nullopt;
}

std::optional<std::string> presented_token(const Request& request) {
  if (!request.path_parameters.empty()) return request.path_parameters.front();
  if (const auto token = authorization(request, "Bearer")) return std::string(*token);
  if (const auto basic = authorization(request, "Basic")) {
    const auto pair = from_base64(*basic);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon != std::string::npos) return pair->substr(colon + 1);
  }
  return std::nullopt;
}

// Compares digests, so that neither the length nor the beginning of a token shows in the time it takes.
bool is_one_of(const std::string& token, const std::vector<std::string>& tokens) {
  const auto presented = storage::sha256(token);
  bool found = false;
  for (const std::string& one : tokens) {
    found |= CRYPTO_memcmp(storage::sha256(one).data(), presented.data(), presented.size()) == 0;
  }
  return found;
}

http::HttpError clock_skew(std::int64_t seconds) {
  return unauthorized("webhook-timestamp is " + std::to_string(std::llabs(seconds)) + " seconds " +
                          (seconds > 0 ? "behind" : "ahead of") + " this server's clock; at most " +
                          std::to_string(kClockToleranceSeconds) + " are allowed",
                      "Bearer", "clock_skew");
}

}  // namespace

WebhookAccess::WebhookAccess(WebhookAccessOptions options, WebhookCredentials credentials,
                             std::shared_ptr<const AccessControl> api_tokens)
    : options_(std::move(options)), api_tokens_(std::move(api_tokens)), failures_(options_.failures) {
  replace(std::move(credentials));
}

void WebhookAccess::replace(WebhookCredentials credentials) {
  auto next = std::make_shared<const WebhookCredentials>(std::move(credentials));
  const std::lock_guard lock(mutex_);
  credentials_ = std::move(next);
}

std::shared_ptr<const WebhookCredentials> WebhookAccess::credentials() const {
  const std::lock_guard lock(mutex_);
  return credentials_;
}

Sender WebhookAccess::authenticate(const Request& request, Millis now) {
  if (options_.is_open) {
    api_tokens_->check_origin(request);
    return {.webhook_id = valid_webhook_id(request)};
  }
  const auto credentials = this->credentials();
  if (has_signature(request) && !credentials->secrets.empty()) {
    verify_signature(request, credentials->secrets, now);
    return {.is_authenticated = true, .webhook_id = valid_webhook_id(request)};
  }
  check_token(request, *credentials);
  return {.is_authenticated = true};
}

// Only failures are counted, and a right credential is accepted however many wrong ones came from the same address.
void WebhookAccess::refuse(const Request& request, const char* detail) {
  if (const int seconds = failures_.fail(request.client_address)) throw too_many_failures(seconds);
  throw unauthorized(detail);
}

void WebhookAccess::verify_signature(const Request& request, const std::vector<SigningSecret>& secrets, Millis now) {
  const SignatureCheck check = check_signature(signature_headers(request), request.body, secrets, now);
  if (check.verdict == SignatureVerdict::malformed) {
    refuse(request, "webhook-id, webhook-timestamp and webhook-signature must all be present and well-formed");
  }
  if (check.verdict == SignatureVerdict::mismatch) refuse(request, "signature mismatch");
  if (options_.note_clock_difference) {
    const auto fraction = static_cast<double>(now % 1000) / 1000;
    options_.note_clock_difference(static_cast<double>(check.clock_difference_seconds) + fraction);
  }
  if (check.verdict == SignatureVerdict::clock_off) throw clock_skew(check.clock_difference_seconds);
}

void WebhookAccess::check_token(const Request& request, const WebhookCredentials& credentials) {
  if (api_tokens_->has_ingest_token(request)) return;
  const auto token = presented_token(request);
  if (token && is_one_of(*token, credentials.tokens)) return;
  if (token) refuse(request, "unknown token");
  refuse(request, credentials.tokens.empty() ? "signature required" : "token required");
}

}  // namespace callarchive
