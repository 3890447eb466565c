#include "server/access/cors.h"

#include <algorithm>
#include <utility>

namespace callarchive {
namespace {

http::Response answer_preflight(const http::Request&) {
  http::Response response;
  response.status = 204;
  response.headers = {{"Allow", "GET, HEAD, OPTIONS"},
                      {"Access-Control-Allow-Methods", "GET, HEAD"},
                      {"Access-Control-Allow-Headers", "Authorization, If-None-Match, X-Request-Id"},
                      {"Access-Control-Max-Age", "600"}};
  return response;
}

bool is_readable(const http::Request& request, const http::Route* route) {
  if (route) return route->access != http::Access::webhook;
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

void allow_origins(const std::vector<std::string>& origins, std::vector<http::Route>& routes,
                   http::ServerOptions& options) {
  if (origins.empty()) return;
  std::vector<http::Route> preflight;
  for (const auto& route : routes) {
    if (route.method == "GET")
      preflight.push_back({"OPTIONS", route.pattern, http::Access::open, answer_preflight, route.pool});
  }
  std::move(preflight.begin(), preflight.end(), std::back_inserter(routes));
  options.add_headers = [origins](const http::Request& request, const http::Route* route, http::Headers& headers) {
    if (!is_readable(request, route)) return;
    headers.emplace_back("Vary", "Origin");
    const auto origin = request.header("origin");
    if (!origin || std::find(origins.begin(), origins.end(), *origin) == origins.end()) return;
    headers.emplace_back("Access-Control-Allow-Origin", std::string(*origin));
    headers.emplace_back("Access-Control-Expose-Headers", "ETag, Link, Retry-After, WWW-Authenticate, X-Request-Id");
  };
}

}  // namespace callarchive
