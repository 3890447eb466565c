#include "server/ingest/json_repair.h"

#include "storage/text/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace callarchive::ingest {
namespace {

// The code unit of an escape such as \u00e9 at the front.
std::optional<unsigned> escaped_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc() && end == text.data() + 6 ? std::optional(unit) : std::nullopt;
}

// The length of the escape at the front if it may stay; 0 for half a pair.
std::size_t escape_length(std::string_view text) {
  const auto unit = escaped_unit(text);
  if (!unit) return std::min<std::size_t>(2, text.size());
  if (*unit < 0xD800 || *unit > 0xDFFF) return 6;
  const auto second = *unit < 0xDC00 ? escaped_unit(text.substr(6)) : std::nullopt;
  return second && *second >= 0xDC00 && *second <= 0xDFFF ? 12 : 0;
}

bool is_too_big(const std::string& number) {
  char* end = nullptr;
  return std::isinf(std::strtod(number.c_str(), &end)) && *end == '\0';
}

}  // namespace

std::string repair_json(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size() + 16);
  bool in_string = false;
  while (!text.empty()) {
    const char c = text.front();
    std::size_t length = utf8_length(text);
    if (length == 0) {
      repaired += kReplacementCharacter;
      text.remove_prefix(1);
      continue;
    }
    if (in_string && c == '\\') {
      length = escape_length(text);
      if (length == 0) {
        repaired += "\\ufffd";
        text.remove_prefix(6);
        continue;
      }
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '-' || (c >= '0' && c <= '9'))) {
      length = std::min(text.find_first_not_of("0123456789+-.eE"), text.size());
      if (const std::string number(text.substr(0, length)); is_too_big(number)) {
        repaired += '"' + number + '"';
        text.remove_prefix(length);
        continue;
      }
    }
    repaired += text.substr(0, length);
    text.remove_prefix(length);
  }
  return repaired;
}

}  // namespace callarchive::ingest
