#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing beyond U+10FFFF.

namespace callarchive {

// U+FFFD, which replaces bytes that are not text.
constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// The character at the front of a text, and how many bytes it takes.
struct Utf8Character {
  char32_t code = kReplacement;
  std::size_t length = 0;  // 0: the text is empty or does not begin with a valid sequence
};
Utf8Character read_utf8(std::string_view text);

// Reads the character at `at` and moves `at` past it. A byte that does not begin a valid sequence counts as one
// character, U+FFFD. `at` must be less than the size of the text.
char32_t next_character(std::string_view text, std::size_t& at);

// Appends one character, which must be a valid code point.
void append_utf8(std::string& out, char32_t code);

// The length of the character at the front of `text`, or 0 if there is no valid one.
inline std::size_t utf8_length(std::string_view text) { return read_utf8(text).length; }

bool is_utf8(std::string_view text);

// Whether the byte is inside a sequence, not at its beginning.
constexpr bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

}  // namespace callarchive
