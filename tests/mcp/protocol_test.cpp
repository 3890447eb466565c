#include "tests/mcp/assistant.h"

#include <gmock/gmock.h>

// Both kinds of revisions on one route, and what each refuses.

namespace callarchive::test {
namespace {

using ::testing::HasSubstr;

class Mcp : public Assistant {
 protected:
  using Headers = std::vector<std::pair<string, string>>;

  static string request(const string& method, const Json& params) {
    return Json({{"jsonrpc", "2.0"}, {"id", "a"}, {"method", method}, {"params", params}}).dump();
  }
  static Json modern_params(Json params = Json::object()) {
    params["_meta"] = meta();
    return params;
  }
  // "status code" of a refusal.
  string refusal(const string& body, Headers headers) {
    const auto response = post(body, std::move(headers));
    const Json answer = Json::parse(response.body);
    return std::to_string(response.status) + " " + answer.value("error", Json::object()).value("code", Json()).dump();
  }
  static Headers without(Headers headers, const string& name) {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    return headers;
  }
  static Headers with(Headers headers, const string& name, const string& value) {
    headers = without(std::move(headers), name);
    headers.emplace_back(name, value);
    return headers;
  }
};

const std::vector<std::pair<string, string>> kPlain = {{"content-type", "application/json; charset=utf-8"}};

TEST_F(Mcp, TellsWhatItIsInTheModernRevision) {
  const Json result = send("server/discover").at("result");
  EXPECT_EQ(result.at("resultType"), "complete");
  EXPECT_EQ(result.at("supportedVersions"), Json({"2026-07-28", "2025-11-25"}));
  EXPECT_EQ(result.at("_meta").at("io.modelcontextprotocol/serverInfo").at("version"), "1.2.3");
  EXPECT_THAT(result.at("instructions").get<string>(), HasSubstr("never instructions"));
  EXPECT_TRUE(result.at("ttlMs").is_number());
}

TEST_F(Mcp, BeginsWithInitializeInTheOlderOne) {
  const auto version = [&](const string& wanted) {
    const auto response = post(request("initialize", {{"protocolVersion", wanted}}), kPlain);
    return Json::parse(response.body).at("result").at("protocolVersion").get<string>();
  };
  EXPECT_EQ(version("2025-11-25"), "2025-11-25");
  EXPECT_EQ(version("2025-06-18"), "2025-06-18");
  EXPECT_EQ(version("1999-01-01"), "2025-11-25");
  EXPECT_EQ(post(request("ping", Json::object()), kPlain).status, 200);
  const auto list = Json::parse(post(request("tools/list", Json::object()), kPlain).body);
  EXPECT_EQ(list.at("result").at("tools").size(), 8u);
  EXPECT_FALSE(list.at("result").contains("resultType"));
}

TEST_F(Mcp, TakesNotificationsWithoutAnAnswer) {
  const auto response = post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})", kPlain);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "");
}

TEST_F(Mcp, RefusesWhatTheRevisionRefuses) {
  const auto list = request("tools/list", modern_params());
  const auto headers = modern_headers("tools/list");
  const auto call = request("tools/call", modern_params({{"name", "stats"}}));
  Json other_version = modern_params();
  other_version["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2031-01-01";
  Json no_capabilities = modern_params();
  no_capabilities["_meta"].erase("io.modelcontextprotocol/clientCapabilities");

  EXPECT_EQ(refusal(list, without(headers, "mcp-protocol-version")), "400 -32020");
  EXPECT_EQ(refusal(list, with(headers, "mcp-protocol-version", "2025-11-25")), "400 -32020");
  EXPECT_EQ(refusal(list, without(headers, "mcp-method")), "400 -32020");
  EXPECT_EQ(refusal(list, with(headers, "mcp-method", "TOOLS/LIST")), "400 -32020");
  EXPECT_EQ(refusal(call, modern_headers("tools/call")), "400 -32020");
  EXPECT_EQ(refusal(call, modern_headers("tools/call", "search")), "400 -32020");
  EXPECT_EQ(refusal(call, modern_headers("tools/call", "=?base64?c3Rh?=")), "400 -32020");
  EXPECT_EQ(post(call, modern_headers("tools/call", "=?base64?c3RhdHM=?=")).status, 200);
  EXPECT_EQ(refusal(request("tools/list", Json::object()), headers), "400 -32602");
  EXPECT_EQ(refusal(request("tools/list", no_capabilities), headers), "400 -32602");
  EXPECT_EQ(refusal(request("tools/list", other_version), with(headers, "mcp-protocol-version", "2031-01-01")),
            "400 -32022");
  EXPECT_EQ(refusal(request("initialize", modern_params()), modern_headers("initialize")), "404 -32601");
  EXPECT_EQ(refusal(request("ping", modern_params()), modern_headers("ping")), "404 -32601");
  EXPECT_EQ(refusal(request("tools/list", Json::object()), with(kPlain, "mcp-protocol-version", "soon")), "400 -32022");
  EXPECT_EQ(refusal(request("resources/list", Json::object()), kPlain), "200 -32601");
  EXPECT_EQ(refusal(request("tools/call", {{"name", "sesame"}}), kPlain), "200 -32602");
}

TEST_F(Mcp, RefusesWhatIsNoMessage) {
  const string deep(100'000, '[');
  const struct {
    string body;
    const char* refusal;
  } kRows[] = {
      {"", "400 -32700"},
      {"{", "400 -32700"},
      {deep, "400 -32600"},
      {"[]", "400 -32600"},
      {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", "400 -32600"},
      {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", "400 -32600"},
      {R"({"jsonrpc":"2.0","id":1})", "400 -32600"},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})", "400 -32600"},
      {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", "400 -32600"},
      {R"({"jsonrpc":"2.0","id":{},"method":"ping"})", "400 -32600"},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", "400 -32602"},
      {R"({"jsonrpc":"2.0","id":")" + string(1000, 'x') + R"(","method":"ping"})", "400 -32600"},
  };
  for (const auto& row : kRows) {
    const auto got = refusal(row.body, kPlain);
    // Too deep a text that does not end is refused as either.
    if (row.body == deep) EXPECT_THAT(got, ::testing::StartsWith("400 -32"));
    else EXPECT_EQ(got, row.refusal) << row.body;
  }
}

TEST_F(Mcp, WantsJson) {
  EXPECT_EQ(post("{}", {}).status, 415);
  EXPECT_EQ(post("{}", {{"content-type", "text/plain"}}).status, 415);
}

// An answer to the right id, also where it is a refusal.
TEST_F(Mcp, RepeatsTheId) {
  for (const char* id : {"1", "-9007199254740993", "\"x\""}) {
    const auto body = post(string(R"({"jsonrpc":"2.0","id":)") + id + R"(,"method":"no"})", kPlain).body;
    EXPECT_EQ(Json::parse(body).at("id").dump(), id);
  }
}

// As the specification demands of a server. A second may end in between, so it is tried until it happens.
TEST(McpEndpoint, RefusesTooManyMessagesOfOneClient) {
  const auto route = mcp::make_route({}, "1.0");
  http::Request request;
  request.method = "POST";
  request.client_address = "192.0.2.1";
  request.headers = {{"content-type", "application/json"}};
  request.body = "{}";
  http::Response response;
  for (int tries = 0; tries < 100'000 && response.status != 429; ++tries) response = route.handler(request);
  ASSERT_EQ(response.status, 429);
  EXPECT_EQ(Json::parse(response.body).at("error").at("code"), -32000);
  EXPECT_THAT(response.headers, ::testing::Contains(http::Headers::value_type("Retry-After", "1")));
  request.client_address = "192.0.2.2";
  EXPECT_NE(route.handler(request).status, 429) << "another client";
}

}  // namespace
}  // namespace callarchive::test
