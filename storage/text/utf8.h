#pragma once

#include <cstddef>
#include <string_view>

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.

namespace callarchive {

// U+FFFD, which stands where bytes were no text.
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// The length of the character at the front of `text`, or 0 if there is none.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace callarchive
