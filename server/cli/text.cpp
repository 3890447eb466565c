#include "server/cli/text.h"

#include "storage/text/utf8.h"

#include <algorithm>
#include <clocale>
#include <cwchar>

#include <langinfo.h>

namespace callarchive::cli {
namespace {

constexpr std::string_view kEllipsis = "…";

// Takes one character from the front.
char32_t take(std::string_view& rest) {
  std::size_t length = 0;
  const char32_t c = next_character(rest, length);
  rest.remove_prefix(length);
  return c;
}

// wcwidth() knows only the characters of the locale.
bool use_utf8_locale() {
  if (std::setlocale(LC_CTYPE, "") && std::string_view(::nl_langinfo(CODESET)) == "UTF-8") return true;
  return std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
}

std::size_t character_width(char32_t c) {
  if (c < 0x7F) return 1;
  if (c >= 0xE0000 && c <= 0xE007F) return 0;  // tag characters of a flag
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
    used += character_width(take(next));
    if (used > columns) break;
    rest = next;
  }
  return text.substr(0, text.size() - rest.size());
}

void wrap_paragraph(std::string_view text, std::size_t columns, std::vector<std::string>& lines) {
  while (width(text) > columns) {
    auto line = fitting(text, columns);
    if (line.empty()) line = text.substr(0, std::max<std::size_t>(utf8_length(text), 1));  // wider than the whole line
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

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) columns += character_width(take(text));
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
