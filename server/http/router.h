#pragma once

#include "server/http.h"

#include <string>
#include <string_view>
#include <vector>

namespace callarchive::http {

// What a path leads to: a route, or, if only the method is wrong, the methods that the path allows, or neither.
struct Match {
  const Route* route = nullptr;
  std::vector<std::string> parameters = {};  // decoded
  std::string allow = {};                    // "GET, HEAD, OPTIONS"
};

// Finds routes. GET routes also serve HEAD. The first route that matches wins, so literal segments must come before
// {name} in the table.
// A last segment {...} matches one or more segments, whatever they are.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // `raw_path` is as sent, without the query; segments are decoded one by one, so that %2F does not separate them.
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
