#include "server/text/harmless.h"

#include "storage/text/utf8.h"

namespace callarchive {
namespace {

constexpr char32_t kBlackFlag = 0x1F3F4;
constexpr char32_t kCancelTag = 0xE007F;

bool is_tag(char32_t c) { return c >= 0xE0020 && c < kCancelTag; }

// Characters that show nothing themselves and change how others are shown, or hide text.
bool misleads(char32_t c) {
  return (c >= 0x80 && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= kCancelTag);
}

// The length of the flag of a region at the front of the text (🏴, some tags, and the one that ends them), or 0.
std::size_t flag_length(std::string_view text) {
  std::size_t at = 0;
  if (next_character(text, at) != kBlackFlag) return 0;
  for (bool has_tags = false; at < text.size(); has_tags = true) {
    const char32_t c = next_character(text, at);
    if (c == kCancelTag) return has_tags ? at : 0;
    if (!is_tag(c)) return 0;
  }
  return 0;
}

// Copies the text; append(out, c, bytes) decides about every character but those of flags.
template <typename Append>
std::string filtered(std::string_view text, Append append) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_character(text, at);
    const std::size_t flag = c == kBlackFlag ? flag_length(text.substr(begin)) : 0;
    if (flag > 0) at = begin + flag;
    const auto bytes = text.substr(begin, at - begin);
    if (flag > 0) safe += bytes;
    else append(safe, c, bytes);
  }
  return safe;
}

void append_harmless(std::string& out, char32_t c, std::string_view bytes) {
  if (c == '\n' || c == '\t') out += ' ';
  else if (c == '\r') return;
  else if (c < 0x20) append_utf8(out, 0x2400 + c);
  else if (c == 0x7F) append_utf8(out, 0x2421);
  else if (misleads(c) || c == kReplacement) out += kReplacementCharacter;
  else out += bytes;
}

void append_escape(std::string& out, char32_t unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 15];
}

// RFC 8259, section 7: beyond U+FFFF as a pair of surrogates.
void append_json(std::string& out, char32_t c, std::string_view bytes) {
  if (c == 0x7F || (misleads(c) && c < 0x10000)) {
    append_escape(out, c);
  } else if (misleads(c)) {
    append_escape(out, 0xD800 + ((c - 0x10000) >> 10));
    append_escape(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
  } else if (c == kReplacement) {
    out += kReplacementCharacter;
  } else if (c >= 0x20 || c == '\n') {
    out += bytes;
  }
}

}  // namespace

std::string harmless(std::string_view text) { return filtered(text, append_harmless); }

std::string harmless_lines(std::string_view text) {
  return filtered(text, [](std::string& out, char32_t c, std::string_view bytes) {
    if (c == '\n') out += '\n';
    else append_harmless(out, c, bytes);
  });
}

std::string harmless_json(std::string_view json) { return filtered(json, append_json); }

}  // namespace callarchive
