#include "storage/text/utf8.h"

namespace callarchive {

Utf8Character read_utf8(std::string_view text) {
  if (text.empty()) return {};
  const unsigned lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  // RFC 3629, section 4: the second byte is the one whose range depends on the first.
  std::size_t length = 0;
  unsigned least = 0x80, most = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) least = 0xA0;
    if (lead == 0xED) most = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) least = 0x90;
    if (lead == 0xF4) most = 0x8F;
  }
  if (length == 0 || length > text.size()) return {};
  const unsigned second = static_cast<unsigned char>(text[1]);
  if (second < least || second > most) return {};
  char32_t code = lead & (0x7Fu >> length);
  for (const char c : text.substr(1, length - 1)) {
    if (!is_continuation(c)) return {};
    code = (code << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
  }
  return {code, length};
}

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto character = read_utf8(text.substr(at));
  at += character.length == 0 ? 1 : character.length;
  return character.code;
}

void append_utf8(std::string& out, char32_t code) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace callarchive
