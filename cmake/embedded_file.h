#pragma once

#include <string_view>

namespace callarchive::embedded {

// A file compiled into the program. Both views live as long as the program.
struct File {
  std::string_view name;  // without its folder
  std::string_view content;
};

}  // namespace callarchive::embedded
