#include "server/access/signature.h"

#include "server/text/base64.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

namespace callarchive {
namespace {

constexpr std::string_view kLettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// Between 1 and `greatest_size` characters, all of them letters, digits or out of `others`.
bool consists_of(std::string_view text, std::size_t greatest_size, std::string_view others) {
  if (text.empty() || text.size() > greatest_size) return false;
  return text.find_first_not_of(std::string(kLettersAndDigits).append(others)) == std::string_view::npos;
}

bool are_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  std::int64_t seconds = 0;
  if (text.empty() || text.size() > 12 || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(seconds) : std::nullopt;
}

// Whether one of the entries, separated by spaces, is `expected`. Looks at all of them.
bool contains_entry(std::string_view entries, std::string_view expected) {
  bool found = false;
  while (!entries.empty()) {
    const auto end = std::min(entries.find(' '), entries.size());
    found |= are_equal(entries.substr(0, end), expected);
    entries.remove_prefix(std::min(end + 1, entries.size()));
  }
  return found;
}

}  // namespace

SigningSecret parse_signing_secret(std::string_view text) {
  constexpr std::string_view kPrefix = "whsec_";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  auto key = from_base64(text);
  if (!key || key->empty()) throw std::invalid_argument("expected whsec_ followed by base64");
  if (key->size() < kLeastKeyBytes) {
    throw std::invalid_argument("a key of " + std::to_string(key->size()) + " bytes can be guessed; at least " +
                                std::to_string(kLeastKeyBytes) + " are required");
  }
  return {std::move(*key)};
}

bool is_webhook_id(std::string_view text) { return consists_of(text, 128, "_-:=+/@~"); }

std::string sign(std::string_view id, std::string_view timestamp, std::string_view body, const SigningSecret& secret) {
  std::string content;
  content.reserve(id.size() + timestamp.size() + body.size() + 2);
  content.append(id).append(".").append(timestamp).append(".").append(body);

  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.key.data(), static_cast<int>(secret.key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(), &length);
  return "v1," + base64({reinterpret_cast<const char*>(digest.data()), length});
}

SignatureCheck check_signature(const SignatureHeaders& headers, std::string_view body,
                               std::span<const SigningSecret> secrets, Millis now) {
  const auto sent_at = parse_timestamp(headers.timestamp);
  if (!is_webhook_id(headers.id) || !sent_at || !consists_of(headers.signature, 4096, "+/=,_- ")) {
    return {.verdict = SignatureVerdict::malformed};
  }
  bool matches = false;
  for (const SigningSecret& secret : secrets) {
    matches |= contains_entry(headers.signature, sign(headers.id, headers.timestamp, body, secret));
  }
  if (!matches) return {.verdict = SignatureVerdict::mismatch};

  const std::int64_t difference = now / 1000 - *sent_at;
  const bool in_time = std::llabs(difference) <= kClockToleranceSeconds;
  return {.verdict = in_time ? SignatureVerdict::valid : SignatureVerdict::clock_off,
          .clock_difference_seconds = difference};
}

}  // namespace callarchive
