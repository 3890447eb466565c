#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive {

// What the handlers need. All of it must outlive the routes.
struct Services {
  api::Context api;
  http::Handler receive;       // for webhooks; the token, if there is one, is the path parameter
  http::Handler show_metrics;  // Prometheus text
  std::function<std::vector<std::string>(const http::Request&)> scopes;  // of the caller
};

// Every route of the program.
std::vector<http::Route> make_routes(const Services& services);

}  // namespace callarchive
