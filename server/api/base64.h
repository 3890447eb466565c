#pragma once

#include <optional>
#include <string>
#include <string_view>

// Bytes as text.

namespace callarchive::api {

// RFC 4648 section 4, with padding.
std::string base64(std::string_view bytes);

// RFC 4648 section 5 (safe in URLs), without padding.
std::string base64url(std::string_view bytes);

// The reverse of base64url; nothing if `text` is not exactly what base64url would write.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace callarchive::api
