#pragma once

#include "storage/records.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Signatures of Standard Webhooks (https://www.standardwebhooks.com, "Signature scheme").

namespace callarchive {

// A shared secret: the bytes after "whsec_", decoded.
struct SigningSecret {
  std::string key = {};
};

// The minimum length of a key in bytes, as in Standard Webhooks ("Signature scheme": between 24 and 64).
constexpr std::size_t kLeastKeyBytes = 24;

// Reads "whsec_" and base64, or the base64 alone. Throws std::invalid_argument, which does not repeat the text, also
// for a key that is too short.
SigningSecret parse_signing_secret(std::string_view text);

// How far the sender's clock may be off, either way.
constexpr std::int64_t kClockToleranceSeconds = 300;

struct SignatureHeaders {
  std::string_view id = {};         // webhook-id
  std::string_view timestamp = {};  // webhook-timestamp: Unix seconds, decimal
  std::string_view signature = {};  // webhook-signature: "v1,<base64>", several separated by spaces
};

enum class SignatureVerdict {
  valid,
  malformed,  // a header is missing, too long, or contains characters that are not allowed
  mismatch,   // no entry matches the body under any of the secrets
  clock_off,  // it matches, but its timestamp is too far from our clock
};

struct SignatureCheck {
  SignatureVerdict verdict = SignatureVerdict::malformed;
  // Our clock minus the sender's; set for valid and clock_off.
  std::int64_t clock_difference_seconds = 0;
};

// Checks the raw bytes of a body. Any of the entries may match any of the secrets; entries of other versions
// are skipped. Takes the same time wherever a signature differs. `now` is our clock.
SignatureCheck check_signature(const SignatureHeaders& headers, std::string_view body,
                               std::span<const SigningSecret> secrets, Millis now);

// The entry "v1,<base64>" that a sender puts into webhook-signature.
std::string sign(std::string_view id, std::string_view timestamp, std::string_view body, const SigningSecret& secret);

// Whether the text can be a webhook-id: 1 to 128 letters, digits and "_-:=+/@~". No full stop, which separates the
// parts of the signed text, and nothing that could break a log line.
bool is_webhook_id(std::string_view text);

}  // namespace callarchive
