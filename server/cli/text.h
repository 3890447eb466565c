#pragma once

#include "server/text/harmless.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text on a terminal, measured in columns. Everything is UTF-8 and has been made harmless (server/text/harmless.h).

namespace callarchive::cli {

// The columns that a text takes: two for wide characters, none for combining marks.
std::size_t width(std::string_view text);

// The beginning of a text, in at most so many columns, ending in "…" if anything was left out.
std::string cut(std::string_view text, std::size_t columns);

// Padded with spaces to so many columns, on the right or, if `to_the_right`, on the left.
std::string pad(std::string_view text, std::size_t columns, bool to_the_right = false);

// The lines of a text, wrapped at spaces to at most so many columns; a longer word is cut. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// The byte offset of the n-th code point, or the size if there are fewer.
std::size_t byte_offset(std::string_view text, std::size_t code_points);

}  // namespace callarchive::cli
