#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text on a terminal, measured in columns. Everything is UTF-8.

namespace callarchive::cli {

// What strangers wrote, made harmless: control characters (which could move the cursor or retitle the window) become
// their pictures (U+2400 …), marks that reorder what is shown and bytes that are no UTF-8 become U+FFFD. Line ends
// and tabs become blanks.
std::string harmless(std::string_view text);
// The same, keeping line ends.
std::string harmless_lines(std::string_view text);

// The columns that harmless text takes: two for wide characters, none for combining marks.
std::size_t width(std::string_view text);

// At most so many columns, ending in "…" if anything was left out.
std::string cut(std::string_view text, std::size_t columns);

// Filled up with blanks to so many columns, on the right or on the left.
std::string pad(std::string_view text, std::size_t columns, bool to_the_right = false);

// Lines of at most so many columns, parted at blanks where there are any. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// The byte offset of the n-th code point, or the size if there are fewer.
std::size_t byte_offset(std::string_view text, std::size_t code_points);

}  // namespace callarchive::cli
