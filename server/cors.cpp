#include "server/cors.h"

#include <algorithm>
#include <utility>

namespace callarchive {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

void add_headers(Headers& headers, const http::Request& request, const std::vector<std::string>& origins) {
  headers.emplace_back("Vary", "Origin");
  const auto origin = request.header("origin");
  if (!origin || std::find(origins.begin(), origins.end(), *origin) == origins.end()) return;
  headers.emplace_back("Access-Control-Allow-Origin", std::string(*origin));
  headers.emplace_back("Access-Control-Expose-Headers", "ETag, Link, Retry-After, WWW-Authenticate, X-Request-Id");
}

http::Handler with_headers(http::Handler handler, const std::vector<std::string>& origins) {
  return [handler = std::move(handler), origins](const http::Request& request) {
    try {
      http::Response response = handler(request);
      add_headers(response.headers, request, origins);
      return response;
    } catch (http::HttpError& error) {
      add_headers(error.headers, request, origins);
      throw;
    }
  };
}

http::Response answer_in_advance(const http::Request&) {
  http::Response response;
  response.status = 204;
  response.headers = {{"Allow", "GET, HEAD, OPTIONS"},
                      {"Access-Control-Allow-Methods", "GET, HEAD"},
                      {"Access-Control-Allow-Headers", "Authorization, If-None-Match, X-Request-Id"},
                      {"Access-Control-Max-Age", "600"}};
  return response;
}

}  // namespace

std::vector<http::Route> with_cors(std::vector<http::Route> routes, const std::vector<std::string>& origins) {
  if (origins.empty()) return routes;
  std::vector<http::Route> in_advance;
  for (auto& route : routes) {
    if (route.method != "GET") continue;
    route.handler = with_headers(std::move(route.handler), origins);
    in_advance.push_back({"OPTIONS", route.pattern, http::Access::open, with_headers(answer_in_advance, origins), route.pool});
  }
  std::move(in_advance.begin(), in_advance.end(), std::back_inserter(routes));
  return routes;
}

http::Gate with_cors(http::Gate gate, const std::vector<std::string>& origins) {
  if (origins.empty()) return gate;
  return [gate = std::move(gate), origins](const http::Request& request, const http::Route& route) {
    try {
      gate(request, route);
    } catch (http::HttpError& error) {
      add_headers(error.headers, request, origins);
      throw;
    }
  };
}

}  // namespace callarchive
