#pragma once

#include "server/generate/words.h"

#include <cstddef>
#include <string>

namespace callarchive::generate {

constexpr std::size_t kOwnLines = 4;

// One of the archive's own lines and its user.
struct Line {
  std::string number = {};
  std::string name = {};
  std::string user_email = {};
};
Line own_line(std::size_t index);

// Somebody who calls or is called. A rank always gives the same person.
struct Person {
  std::string id = {};
  std::string name = {};
  std::string last_name = {};
  std::string company = {};
  std::string email = {};
  std::string number = {};
  Language language = Language::french;
};
Person person(std::size_t rank);

}  // namespace callarchive::generate
