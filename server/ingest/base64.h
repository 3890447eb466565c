#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

// Base64 with padding (RFC 4648, section 4).

namespace callarchive::ingest {

std::string encode_base64(std::span<const unsigned char> bytes);

// Absent for anything but whole groups of four with padding at the end only.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace callarchive::ingest
