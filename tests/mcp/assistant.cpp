#include "tests/mcp/assistant.h"

namespace callarchive::test {
namespace {

// The most bytes of an answer.
constexpr std::size_t kMostBytes = 40'000;

}  // namespace

Json Assistant::meta() {
  return {{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
          {"io.modelcontextprotocol/clientCapabilities", Json::object()}};
}

std::vector<std::pair<string, string>> Assistant::modern_headers(const string& method, const string& name) {
  std::vector<std::pair<string, string>> headers = {{"content-type", "application/json"},
                                                    {"host", "archive.example"},
                                                    {"mcp-protocol-version", "2026-07-28"},
                                                    {"mcp-method", method}};
  if (!name.empty()) headers.emplace_back("mcp-name", name);
  return headers;
}

http::Response Assistant::post(const string& body, std::vector<std::pair<string, string>> headers) {
  http::Request request;
  request.method = "POST";
  request.path = route_.pattern;
  request.headers = std::move(headers);
  request.body = body;
  try {
    return route_.handler(request);
  } catch (const http::HttpError& error) {
    return http::problem(error, "test");
  }
}

Json Assistant::send(const string& method, Json params) {
  const auto name = params.value("name", "");
  params["_meta"] = meta();
  const Json message = {{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}};
  const auto response = post(message.dump(), modern_headers(method, name));
  EXPECT_LE(response.body.size(), kMostBytes);
  auto body = Json::parse(response.body);
  EXPECT_EQ(body.at("id"), 7);
  EXPECT_EQ(body.at("jsonrpc"), "2.0");
  return body;
}

Json Assistant::call(const string& tool, Json arguments) {
  const Json body = send("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}});
  EXPECT_TRUE(body.contains("result")) << body;
  return body.value("result", Json::object());
}

Json Assistant::answer(const string& tool, Json arguments) {
  const Json result = call(tool, std::move(arguments));
  EXPECT_FALSE(result.contains("isError")) << result;
  return result.value("structuredContent", Json::object());
}

string Assistant::mistake(const string& tool, Json arguments) {
  const Json result = call(tool, std::move(arguments));
  EXPECT_TRUE(result.value("isError", false)) << result;
  return result.at("content").at(0).at("text");
}

}  // namespace callarchive::test
