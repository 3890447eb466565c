#pragma once

#include "server/http.h"
#include "server/http/router.h"
#include "server/routes.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace callarchive::test {

// A real archive in a file, fed with bodies through the real decoder, and every route on top of it, called without
// a socket.
class Asking : public ::testing::Test {
 protected:
  Asking();

  // Receives a body as the webhook route would. Time moves by a second with each.
  Receipt receive(const string& body);
  Receipt receive(const nlohmann::json& body) { return receive(body.dump()); }

  // Calls the route of a target such as "/v1/calls?limit=2". Errors come back as the client would see them; what is
  // streamed comes back whole.
  http::Response get(const string& target, std::vector<std::pair<string, string>> headers = {});
  // The body of a 200.
  nlohmann::ordered_json ask(const string& target);
  // The "code" of an error with this status.
  string refused(const string& target, int status);
  // The value of a header of an answer, or "".
  static string header(const http::Response& response, std::string_view name);

  Archive& archive() { return archive_; }
  const std::vector<http::Route>& routes() const { return routes_; }

  Millis now = 1'772'442'600'000;  // 2026-03-02T09:10:00Z
  vector<string> scopes = {"read"};

 private:
  TemporaryFolder folder_;
  Archive archive_;
  std::vector<http::Route> routes_;
  http::Router router_;
};

}  // namespace callarchive::test
