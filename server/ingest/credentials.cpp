#include "server/ingest/credentials.h"

#include "server/text/base64.h"
#include "storage/sqlite/digest.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace callarchive {
namespace {

[[noreturn]] void refuse(std::string code, std::string detail) {
  http::HttpError error(401, std::move(code), std::move(detail));
  error.headers.emplace_back("WWW-Authenticate", "Bearer");  // RFC 9110, section 15.5.2 wants one
  throw error;
}

// The value behind "<scheme> "; the scheme is in any case (RFC 9110, section 11.1).
std::optional<std::string_view> credentials_of(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  const bool same = std::equal(scheme.begin(), scheme.end(), header.begin(),
                               [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  if (!same) return std::nullopt;
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

std::optional<std::string> presented_token(const http::Request& request) {
  if (!request.path_parameters.empty()) return request.path_parameters.front();
  const auto header = request.header("authorization").value_or("");
  if (const auto token = credentials_of(header, "Bearer")) return std::string(*token);
  if (const auto basic = credentials_of(header, "Basic")) {
    const auto pair = from_base64(*basic);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon != std::string::npos) return pair->substr(colon + 1);
  }
  return std::nullopt;
}

// Compares digests, so that neither the length nor the beginning of a token shows in the time it takes.
bool is_known(const std::string& token, const std::vector<std::string>& tokens) {
  const auto presented = storage::sha256(token);
  bool known = false;
  for (const std::string& one : tokens) {
    known |= CRYPTO_memcmp(storage::sha256(one).data(), presented.data(), presented.size()) == 0;
  }
  return known;
}

void require_signature(const SignatureHeaders& headers, const http::Request& request,
                       const WebhookCredentials& credentials, Millis now) {
  const SignatureCheck check = check_signature(headers, request.body, credentials.secrets, now);
  switch (check.verdict) {
    case SignatureVerdict::valid: return;
    case SignatureVerdict::malformed:
      refuse("unauthorized", "webhook-id, webhook-timestamp and webhook-signature must all be there and well formed");
    case SignatureVerdict::mismatch: refuse("unauthorized", "the signature does not fit the body");
    case SignatureVerdict::clock_off: break;
  }
  const auto seconds = check.clock_difference_seconds;
  refuse("clock_skew", "webhook-timestamp is " + std::to_string(std::llabs(seconds)) + " seconds " +
                           (seconds > 0 ? "behind" : "ahead of") + " the clock here; at most " +
                           std::to_string(kClockToleranceSeconds) + " are allowed");
}

}  // namespace

SharedCredentials::SharedCredentials(WebhookCredentials credentials) { set(std::move(credentials)); }

std::shared_ptr<const WebhookCredentials> SharedCredentials::get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void SharedCredentials::set(WebhookCredentials credentials) {
  auto next = std::make_shared<const WebhookCredentials>(std::move(credentials));
  const std::lock_guard lock(mutex_);
  current_ = std::move(next);
}

Sender authenticate(const http::Request& request, const WebhookCredentials& credentials, Millis now) {
  const SignatureHeaders headers{
      .id = request.header("webhook-id").value_or(""),
      .timestamp = request.header("webhook-timestamp").value_or(""),
      .signature = request.header("webhook-signature").value_or(""),
  };
  const bool is_open = credentials.is_open();
  const bool is_signed = request.header("webhook-signature").has_value() && !credentials.secrets.empty();
  if (is_signed) {
    require_signature(headers, request, credentials, now);
  } else if (!is_open && !(credentials.is_known_elsewhere && credentials.is_known_elsewhere(request))) {
    const auto token = presented_token(request);
    if (!token) refuse("unauthorized", credentials.tokens.empty() ? "a signature is needed" : "a token is needed");
    if (!is_known(*token, credentials.tokens)) refuse("unauthorized", "the token is not known");
  }
  if ((is_signed || is_open) && is_webhook_id(headers.id)) return {.webhook_id = std::string(headers.id)};
  return {};
}

}  // namespace callarchive
