#include "storage/text/ascii.h"
#include "tests/api/asking.h"

#include <gmock/gmock.h>

#include <set>

namespace callarchive::test {
namespace {

class Routes : public Asking {
 protected:
  nlohmann::json described() { return nlohmann::json::parse(get("/openapi.json").body); }
};

// "/v1/calls/{id}" with something in place of {id}.
string target_of(const http::Route& route) {
  string target;
  for (bool inside = false; const char c : route.pattern) {
    if (c == '{') target += '1';
    inside = c == '{' || (inside && c != '}');
    if (!inside && c != '}') target += c;
  }
  return target;
}

TEST_F(Routes, AreExactlyThoseDescribed) {
  std::set<string> described_routes;
  const auto document = described();
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) described_routes.insert(method + ' ' + path);
  }
  std::set<string> served;
  for (const auto& route : routes()) {
    served.insert(ascii::lower(route.method) + ' ' + route.pattern);
  }
  EXPECT_EQ(served, described_routes);
}

TEST_F(Routes, AreOpenExactlyWhereTheDescriptionNeedsNoToken) {
  const auto document = described();
  for (const auto& route : routes()) {
    if (route.access == http::Access::webhook) continue;
    const auto& operation = document["paths"][route.pattern]["get"];
    EXPECT_EQ(route.access == http::Access::open, operation.contains("security")) << route.pattern;
    EXPECT_EQ(route.access == http::Access::admin,
              operation.value("description", "").find("scope `admin`") != string::npos)
        << route.pattern;
  }
}

// A filter that is silently ignored would make a false answer.
TEST_F(Routes, NameAnUnknownParameter) {
  for (const auto& route : routes()) {
    if (route.method != "GET") continue;
    const auto response = get(target_of(route) + "?nunber=1");
    EXPECT_EQ(response.status, 400) << route.pattern;
    const auto problem = nlohmann::json::parse(response.body);
    EXPECT_EQ(problem["code"], "unknown_parameter") << route.pattern;
    EXPECT_EQ(problem["errors"].back()["field"], "nunber") << route.pattern;
  }
}

// Each parameter is read where the description says, and nowhere else.
TEST_F(Routes, TakeExactlyTheParametersDescribed) {
  const auto document = described();
  std::set<string> all;
  for (const auto& [name, parameter] : document["components"]["parameters"].items()) {
    if (parameter["in"] == "query") all.insert(parameter["name"]);
  }
  for (const auto& route : routes()) {
    if (route.method != "GET") continue;
    std::set<string> taken;
    for (const auto& reference : document["paths"][route.pattern]["get"].value("parameters", nlohmann::json::array())) {
      const auto& parameter = document[nlohmann::json::json_pointer(reference["$ref"].get<string>().substr(1))];
      if (parameter["in"] == "query") taken.insert(parameter["name"]);
    }
    for (const auto& name : all) {
      const auto response = get(target_of(route) + "?" + name + "=");
      const bool is_known = nlohmann::json::parse(response.body).value("code", "") != "unknown_parameter";
      EXPECT_EQ(is_known, taken.count(name) == 1) << route.pattern << ' ' << name;
    }
  }
}

TEST_F(Routes, OnlyTheWebhookWrites) {
  for (const auto& route : routes()) {
    EXPECT_EQ(route.method == "GET", route.access != http::Access::webhook) << route.pattern;
    EXPECT_EQ(route.pool == http::Pool::ingest, route.access == http::Access::webhook) << route.pattern;
  }
}

}  // namespace
}  // namespace callarchive::test
