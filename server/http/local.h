#pragma once

#include "server/http.h"
#include "server/http/router.h"

#include <string>
#include <vector>

namespace callarchive::http {

// Answers requests of this process itself with the handlers of its routes, without a socket: those of the command line
// to a file, and those that other ways of sending queries are made of.
class LocalRoutes {
 public:
  explicit LocalRoutes(std::vector<Route> routes);

  // The answer to a GET of a target as a request line has it ("/v1/calls?limit=2", encoded), also where it is a
  // refusal. `headers` are the request's. No gate is asked. Any thread.
  Response get(const std::string& target, Headers headers = {}) const;

 private:
  const Router router_;
};

}  // namespace callarchive::http
