#pragma once

#include <optional>
#include <string>
#include <string_view>

// Base64 (RFC 4648).

namespace callarchive {

// Encodes as in section 4, with padding.
std::string base64(std::string_view bytes);

// Decodes that; nothing if `text` is not whole groups of four, with padding only at the end.
std::optional<std::string> from_base64(std::string_view text);

// Encodes as in section 5 (safe in URLs), without padding.
std::string base64url(std::string_view bytes);

// Decodes that; nothing if `text` is not exactly what base64url() would write.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace callarchive
