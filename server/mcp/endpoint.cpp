#include "server/mcp/endpoint.h"

#include "server/http/local.h"
#include "server/http/request_rate.h"
#include "server/mcp/protocol.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <memory>

namespace callarchive::mcp {
namespace {

constexpr int kMostPerSecond = 200;  // messages of a client: a model in a loop must not keep others out

http::Response response_of(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers = {{"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

http::Response refuse_too_many() {
  const RpcError error(
      Code::too_many_requests,
      "too many messages: at most " + std::to_string(kMostPerSecond) + " a second; wait a second and send it again",
      429);
  auto response = response_of(error.status(), error_message(nullptr, error));
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// Whatever a page of another site can make a browser send without asking first is of another type.
void check_content_type(const http::Request& request) {
  const auto type = request.header("content-type").value_or("");
  if (ascii::equals_ignoring_case(ascii::trim(type.substr(0, type.find(';'))), "application/json")) return;
  throw http::HttpError(415, "unsupported_media_type", "expected Content-Type: application/json");
}

std::string base_url(const http::Request& request) {
  const bool is_https = request.header("x-forwarded-proto") == "https";
  return (is_https ? "https://" : "http://") + std::string(request.header("host").value_or("localhost"));
}

// Without what belongs to the message alone, such as conditions and ranges.
http::Headers headers_of_caller(const http::Request& request) {
  http::Headers headers;
  for (const auto& header : request.headers) {
    if (header.first == "authorization" || header.first == "host") headers.push_back(header);
  }
  return headers;
}

}  // namespace

http::Route make_route(const std::vector<http::Route>& routes, const std::string& program_version) {
  std::vector<http::Route> readable;
  std::copy_if(routes.begin(), routes.end(), std::back_inserter(readable),
               [](const http::Route& route) { return route.method == "GET" && route.access == http::Access::read; });
  const auto local = std::make_shared<const http::LocalRoutes>(std::move(readable));
  const auto protocol = std::make_shared<const Protocol>(Tools(), program_version);
  const auto rate = std::make_shared<http::RequestRate>(kMostPerSecond);
  const auto handle = [local, protocol, rate](const http::Request& request) {
    if (!rate->count(request.client_address).is_allowed) return refuse_too_many();
    check_content_type(request);
    const Api api{[&](const std::string& target) {
                    const auto response = local->get(target, headers_of_caller(request));
                    return Reply{response.status, Json::parse(response.body)};
                  },
                  base_url(request)};
    auto outgoing = protocol->answer(request.body, &request, api);
    return response_of(outgoing.status, std::move(outgoing.body));
  };
  return {"POST", "/mcp", http::Access::read, handle};
}

}  // namespace callarchive::mcp
