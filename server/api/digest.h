#pragma once

#include <optional>
#include <string>
#include <string_view>

// Digests and the text forms of bytes.

namespace callarchive::api {

// The 32 bytes of the SHA-256 of `bytes`.
std::string sha256(std::string_view bytes);

// RFC 4648 section 4, with padding.
std::string base64(std::string_view bytes);

// RFC 4648 section 5 (safe in URLs), without padding.
std::string base64url(std::string_view bytes);

// The reverse of base64url; nothing if `text` is not exactly what base64url would write.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace callarchive::api
