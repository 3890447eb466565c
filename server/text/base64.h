#pragma once

#include <optional>
#include <string>
#include <string_view>

// Bytes as text (RFC 4648).

namespace callarchive {

// Section 4, with padding.
std::string base64(std::string_view bytes);

// The reverse; nothing for anything but whole groups of four with padding at the end only.
std::optional<std::string> from_base64(std::string_view text);

// Section 5 (safe in URLs), without padding.
std::string base64url(std::string_view bytes);

// The reverse; nothing if `text` is not exactly what base64url would write.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace callarchive
