#pragma once

#include "server/mcp/endpoint.h"
#include "tests/api/asking.h"

namespace callarchive::test {

using Json = nlohmann::ordered_json;

// A client of the Model Context Protocol, on an archive in a file and every route on top of it, without a socket.
class Assistant : public Asking {
 protected:
  // What the route answers to these bytes.
  http::Response post(const string& body, std::vector<std::pair<string, string>> headers = {});
  // A request of revision 2026-07-28 with all that belongs to it, and its JSON.
  Json send(const string& method, Json params = Json::object());
  // The result of a tool. Fails the test if it is larger than 40 kB.
  Json call(const string& tool, Json arguments = Json::object());
  // structuredContent of it.
  Json answer(const string& tool, Json arguments = Json::object());
  // What a tool says is wrong.
  string mistake(const string& tool, Json arguments);

  static Json meta();
  static std::vector<std::pair<string, string>> modern_headers(const string& method, const string& name = "");

 private:
  const http::Route route_ = mcp::make_route(routes(), "1.2.3");
};

}  // namespace callarchive::test
