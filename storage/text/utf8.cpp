#include "storage/text/utf8.h"

namespace callarchive {

std::size_t utf8_length(std::string_view text) {
  const auto within = [&](std::size_t at, unsigned low, unsigned high) {
    if (at >= text.size()) return false;
    const unsigned byte = static_cast<unsigned char>(text[at]);
    return byte >= low && byte <= high;
  };
  const auto tail = [&](std::size_t at) { return within(at, 0x80, 0xBF); };
  if (within(0, 0x00, 0x7F)) return 1;
  if (within(0, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (within(0, 0xE0, 0xEF)) {
    const bool second = within(1, within(0, 0xE0, 0xE0) ? 0xA0 : 0x80, within(0, 0xED, 0xED) ? 0x9F : 0xBF);
    return second && tail(2) ? 3 : 0;
  }
  if (within(0, 0xF0, 0xF4)) {
    const bool second = within(1, within(0, 0xF0, 0xF0) ? 0x90 : 0x80, within(0, 0xF4, 0xF4) ? 0x8F : 0xBF);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
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
