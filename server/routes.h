#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive {

// What the routes are made of. Everything in it outlives the routes.
struct Services {
  api::Context api;
  http::Handler receive;       // a webhook; the token is its path parameter, where there is one
  http::Handler show_metrics;  // Prometheus text
  std::function<std::vector<std::string>(const http::Request&)> scopes;  // of the caller
};

// Every route of the program.
std::vector<http::Route> make_routes(const Services& services);

}  // namespace callarchive
