#include "server/http/local.h"

#include "server/http/url.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace callarchive::http {

LocalRoutes::LocalRoutes(std::vector<Route> routes) : router_(std::move(routes)) {}

Response LocalRoutes::get(const std::string& target, Headers headers) const {
  const auto mark = std::min(target.find('?'), target.size());
  const std::string_view raw_path = std::string_view(target).substr(0, mark);
  Request request;
  request.method = "GET";
  request.may_wait = false;  // nobody would wake it
  request.headers = std::move(headers);
  try {
    auto path = percent_decode(raw_path, false);
    auto query = parse_query(std::string_view(target).substr(std::min(mark + 1, target.size())));
    if (!path || !query) throw HttpError(400, "invalid_target", "not UTF-8 text");
    auto match = router_.match(request.method, raw_path);
    if (!match.route) throw HttpError(404, "not_found", "no such path: " + std::string(raw_path));
    request.path = std::move(*path);
    request.query = std::move(*query);
    request.path_parameters = std::move(match.parameters);
    return match.route->handler(request);
  } catch (const HttpError& error) {
    return problem(error, request.request_id);
  }
}

}  // namespace callarchive::http
