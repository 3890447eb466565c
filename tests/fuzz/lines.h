#pragma once

#include <algorithm>
#include <string_view>

namespace callarchive::fuzz {

// The text up to the next line break, taken off the front.
inline std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace callarchive::fuzz
