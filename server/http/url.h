#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The target of a request (RFC 3986), decoded strictly: what is not valid text is refused, never repaired.

namespace callarchive::http {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Decodes %XX. Nothing for a bad escape, a NUL, or bytes that are not UTF-8.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// Encodes everything but A-Z a-z 0-9 - . _ ~ as %XX, for a path segment or a query.
std::string percent_encode(std::string_view text);

// A target as a request line has it: the path, which is encoded already, and the parameters, which are not.
std::string make_target(std::string_view path, const Parameters& parameters);

// Reads "a=1&b=x+y" in the order sent; a name without '=' has an empty value. Nothing if a part cannot be decoded.
std::optional<Parameters> parse_query(std::string_view query);

}  // namespace callarchive::http
