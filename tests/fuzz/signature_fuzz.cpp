#include "server/access/signature.h"

#include "tests/fuzz/lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace callarchive;
using fuzz::take_line;

constexpr Millis kNow = 1614265330'000;

SigningSecret secret_or_fixed(std::string_view text) {
  try {
    return parse_signing_secret(text);
  } catch (const std::invalid_argument&) {
    return {.key = "another secret altogether"};
  }
}

}  // namespace

// The lines are a secret, an id, a time and a signature; the rest is the body. Whatever the secret, only a signature
// that was made with it is valid.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const SigningSecret secret = secret_or_fixed(take_line(rest));
  SignatureHeaders headers{.id = take_line(rest), .timestamp = take_line(rest), .signature = take_line(rest)};
  const std::string signature = sign(headers.id, headers.timestamp, rest, secret);

  const SignatureCheck given = check_signature(headers, rest, {&secret, 1}, kNow);
  const bool fits = given.verdict == SignatureVerdict::valid || given.verdict == SignatureVerdict::clock_off;
  if (fits && headers.signature.find(signature) == std::string_view::npos) std::abort();

  headers.signature = signature;
  const SignatureVerdict made = check_signature(headers, rest, {&secret, 1}, kNow).verdict;
  if (made == SignatureVerdict::mismatch) std::abort();
  return 0;
}
