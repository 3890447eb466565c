#pragma once

#include "server/http.h"

#include <string>
#include <string_view>
#include <vector>

namespace callarchive::http {

// What a path leads to: a route, or (when only the method is wrong) the methods that are served there, or neither.
struct Match {
  const Route* route = nullptr;
  std::vector<std::string> parameters = {};  // decoded
  std::string allow = {};                    // "GET, HEAD, OPTIONS"
};

// Finds routes. GET routes serve HEAD too. A pattern's literal segments win over {name} by standing first in the table.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // `raw_path` is as sent, without the query; segments are decoded one by one, so that %2F does not part them.
  // Nothing matches a path that cannot be decoded. Any thread.
  Match match(std::string_view method, std::string_view raw_path) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;  // "{" stands for a parameter
  };
  std::vector<Entry> entries_;
};

}  // namespace callarchive::http
