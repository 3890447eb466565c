#include "server/api/cursor.h"

#include "server/http.h"
#include "server/text/base64.h"
#include "storage/sqlite/digest.h"

namespace callarchive::api {
namespace {

// version (1 byte), part (1 byte), key (8 bytes, big endian), text, digest (the first 8 bytes of its SHA-256)
constexpr char kVersion = 1;
constexpr std::size_t kKeyAt = 2;
constexpr std::size_t kKeyBytes = 8;
constexpr std::size_t kDigestBytes = 8;
constexpr std::size_t kTextAt = kKeyAt + kKeyBytes;

std::string digest_of(std::string_view fingerprint) {
  const auto digest = storage::sha256(fingerprint);
  return {digest.begin(), digest.begin() + kDigestBytes};
}

}  // namespace

std::string make_cursor(CursorPosition last, std::string_view fingerprint) {
  std::string bytes = {kVersion, static_cast<char>(last.part)};
  const auto key = static_cast<std::uint64_t>(last.key);
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(key >> shift);
  return base64url(bytes + last.text + digest_of(fingerprint));
}

CursorPosition read_cursor(std::string_view cursor, std::string_view fingerprint) {
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() < kTextAt + kDigestBytes || bytes->front() != kVersion) {
    refuse_cursor("expected a next_cursor of this API, unchanged");
  }
  const auto digest_at = bytes->size() - kDigestBytes;
  if (bytes->substr(digest_at) != digest_of(fingerprint)) {
    refuse_cursor("the cursor belongs to another query: its path or filters differ");
  }
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < kKeyBytes; ++i) key = key << 8 | static_cast<unsigned char>((*bytes)[kKeyAt + i]);
  return {static_cast<std::int64_t>(key), static_cast<std::uint8_t>((*bytes)[1]),
          bytes->substr(kTextAt, digest_at - kTextAt)};
}

void refuse_cursor(const std::string& why) {
  throw http::HttpError(400, "invalid_cursor", "cursor: " + why, {{"cursor", why}});
}

}  // namespace callarchive::api
