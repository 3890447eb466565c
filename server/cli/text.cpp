#include "server/cli/text.h"

#include "storage/text/utf8.h"

#include <algorithm>
#include <clocale>
#include <cwchar>

#include <langinfo.h>

namespace callarchive::cli {
namespace {

constexpr std::string_view kEllipsis = "…";

// The length of the UTF-8 sequence at the front, at least 1; 1 as well for bytes that begin none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(length, text.size());
}

char32_t code_point(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return lead;
  char32_t value = lead & (0xFFu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) value = (value << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
  return value;
}

// Takes one character from the front.
std::string_view take(std::string_view& rest) {
  const auto sequence = rest.substr(0, sequence_length(rest));
  rest.remove_prefix(sequence.size());
  return sequence;
}

// Characters that show nothing themselves and change how others are shown.
bool misleads(char32_t c) {
  return (c >= 0x80 && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

std::string made_harmless(std::string_view text, bool keep_lines) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const auto sequence = take(text);
    const char32_t c = code_point(sequence);
    if (c == '\n' && keep_lines) safe += '\n';
    else if (c == '\n' || c == '\t' || c == '\r') safe += c == '\r' ? "" : " ";
    else if (c < 0x20) safe += {'\xE2', '\x90', static_cast<char>(0x80 + c)};  // U+2400 and on
    else if (c == 0x7F) safe += "\xE2\x90\xA1";                                // U+2421
    else if (!is_utf8(sequence) || misleads(c)) safe += kReplacementCharacter;
    else safe += sequence;
  }
  return safe;
}

// wcwidth() knows only the characters of the locale.
bool use_utf8_locale() {
  if (std::setlocale(LC_CTYPE, "") && std::string_view(::nl_langinfo(CODESET)) == "UTF-8") return true;
  return std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
}

std::size_t character_width(char32_t c) {
  if (c < 0x7F) return 1;
  static const bool known = use_utf8_locale();
  const int columns = known ? ::wcwidth(static_cast<wchar_t>(c)) : 1;
  return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

// The longest beginning that fits, with the combining marks of its last character.
std::string_view fitting(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  auto rest = text;
  while (!rest.empty()) {
    auto next = rest;
    used += character_width(code_point(take(next)));
    if (used > columns) break;
    rest = next;
  }
  return text.substr(0, text.size() - rest.size());
}

void wrap_paragraph(std::string_view text, std::size_t columns, std::vector<std::string>& lines) {
  while (width(text) > columns) {
    auto line = fitting(text, columns);
    if (line.empty()) line = text.substr(0, sequence_length(text));  // wider than the whole line
    if (line.size() == text.size()) break;
    auto next = line.size();
    if (text[line.size()] != ' ') {
      const auto blank = line.rfind(' ');
      if (blank != std::string_view::npos && blank > 0) {
        line = line.substr(0, blank);
        next = blank;
      }
    }
    lines.emplace_back(line);
    text.remove_prefix(std::min(text.find_first_not_of(' ', next), text.size()));
  }
  lines.emplace_back(text);
}

}  // namespace

std::string harmless(std::string_view text) { return made_harmless(text, false); }
std::string harmless_lines(std::string_view text) { return made_harmless(text, true); }

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) columns += character_width(code_point(take(text)));
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  return std::string(fitting(text, columns - 1)) + std::string(kEllipsis);
}

std::string pad(std::string_view text, std::size_t columns, bool to_the_right) {
  const auto used = width(text);
  const std::string blanks(used < columns ? columns - used : 0, ' ');
  return to_the_right ? blanks + std::string(text) : std::string(text) + blanks;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (;;) {
    const auto end = text.find('\n');
    wrap_paragraph(text.substr(0, end), std::max<std::size_t>(columns, 1), lines);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::size_t byte_offset(std::string_view text, std::size_t code_points) {
  auto rest = text;
  while (code_points-- > 0 && !rest.empty()) take(rest);
  return text.size() - rest.size();
}

}  // namespace callarchive::cli
