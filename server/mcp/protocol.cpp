#include "server/mcp/protocol.h"

#include "server/text/base64.h"

#include <algorithm>
#include <array>
#include <optional>

namespace callarchive::mcp {
namespace {

constexpr const char* kMetaVersion = "io.modelcontextprotocol/protocolVersion";
constexpr const char* kMetaCapabilities = "io.modelcontextprotocol/clientCapabilities";
constexpr const char* kMetaServerInfo = "io.modelcontextprotocol/serverInfo";

// Whose answers are the same as those of kLegacyVersion. Who names no version speaks the first of them.
constexpr std::array<std::string_view, 3> kLegacyVersions = {"2025-03-26", "2025-06-18", kLegacyVersion};

// How long a client may keep what does not depend on the archive, in milliseconds.
constexpr int kDiscoverLifetime = 3'600'000;
constexpr int kListLifetime = 300'000;

RpcError unsupported(const std::string& version) {
  return {Code::unsupported_version,
          "this version of the protocol is not supported",
          400,
          {{"supported", {kModernVersion, kLegacyVersion}}, {"requested", version}}};
}

RpcError mismatch(const std::string& what) { return {Code::header_mismatch, what, 400}; }

// "=?base64?…?=" stands for text that a header cannot hold. Nothing if it is not well formed.
std::optional<std::string> decoded_header(std::string_view value) {
  constexpr std::string_view kBegin = "=?base64?", kEnd = "?=";
  if (!value.starts_with(kBegin)) return std::string(value);
  if (!value.ends_with(kEnd) || value.size() < kBegin.size() + kEnd.size()) return std::nullopt;
  return from_base64(value.substr(kBegin.size(), value.size() - kBegin.size() - kEnd.size()));
}

std::string text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const nlohmann::json& meta_of(const Message& message) {
  static const nlohmann::json kNone = nlohmann::json::object();
  const auto meta = message.params.find("_meta");
  return meta != message.params.end() && meta->is_object() ? *meta : kNone;
}

void check_header(const http::Request& request, const char* name, const std::string& expected) {
  const auto given = request.header(name);
  if (!given) throw mismatch(std::string("the header ") + name + " is missing");
  const auto text = decoded_header(*given);
  if (!text || *text != expected) throw mismatch(std::string("the header ") + name + " does not agree with the body");
}

// What 2026-07-28 wants of every request.
void check_modern(const Message& message, const http::Request* request) {
  const auto& meta = meta_of(message);
  const std::string version = text_member(meta, kMetaVersion);
  if (version.empty()) {
    throw RpcError(Code::invalid_params, std::string("params._meta: expected ") + kMetaVersion, 400);
  }
  if (request) check_header(*request, "mcp-protocol-version", version);
  if (version != kModernVersion) throw unsupported(version);
  const auto capabilities = meta.find(kMetaCapabilities);
  if (capabilities == meta.end() || !capabilities->is_object()) {
    throw RpcError(Code::invalid_params, std::string("params._meta: expected ") + kMetaCapabilities, 400);
  }
  if (!request) return;
  check_header(*request, "mcp-method", message.method);
  if (message.method == "tools/call" || message.method == "prompts/get") {
    check_header(*request, "mcp-name", text_member(message.params, "name"));
  } else if (message.method == "resources/read") {
    check_header(*request, "mcp-name", text_member(message.params, "uri"));
  }
}

bool is_legacy(std::string_view version) {
  return std::find(kLegacyVersions.begin(), kLegacyVersions.end(), version) != kLegacyVersions.end();
}

}  // namespace

Protocol::Protocol(Tools tools, std::string program_version)
    : tools_(std::move(tools)),
      server_info_({{"name", "callarchive"}, {"title", "callarchive"}, {"version", std::move(program_version)}}) {}

Outgoing Protocol::answer(std::string_view text, const http::Request* request, const Api& api) const {
  Json id = nullptr;
  try {
    const Message message = read_message(text, id);
    const std::string header(request ? request->header("mcp-protocol-version").value_or("") : "");
    const bool names_version = meta_of(message).contains(kMetaVersion);
    const bool is_modern = names_version || (message.method != "initialize" && header == kModernVersion);
    if (message.is_notification()) return {202, ""};
    if (is_modern) check_modern(message, request);
    else if (!header.empty() && !is_legacy(header)) throw unsupported(header);
    Json outcome = result(message, is_modern, api);
    if (is_modern) {
      outcome["resultType"] = "complete";
      outcome["_meta"] = {{kMetaServerInfo, server_info_}};
    }
    return {200, result_message(id, outcome)};
  } catch (const RpcError& error) {
    return {error.status(), error_message(id, error)};
  }
}

Json Protocol::result(const Message& message, bool is_modern, const Api& api) const {
  if (message.method == "tools/list") {
    Json result = list_tools(message);
    if (is_modern) result.update({{"ttlMs", kListLifetime}, {"cacheScope", "private"}});
    return result;
  }
  if (message.method == "tools/call") return call_tool(message, api);
  if (is_modern && message.method == "server/discover") return discover();
  if (!is_modern && message.method == "initialize") return initialize(message);
  if (!is_modern && message.method == "ping") return Json::object();
  throw RpcError(Code::method_not_found, "unknown method", is_modern ? 404 : 200);
}

Json Protocol::initialize(const Message& message) const {
  const std::string wanted = text_member(message.params, "protocolVersion");
  // The first of the versions lets clients send several messages at once, which nobody here takes.
  const bool speaks_it = is_legacy(wanted) && wanted != kLegacyVersions.front();
  return {{"protocolVersion", speaks_it ? wanted : std::string(kLegacyVersion)},
          {"capabilities", {{"tools", Json::object()}}},
          {"serverInfo", server_info_},
          {"instructions", tools_.instructions()}};
}

Json Protocol::discover() const {
  return {{"supportedVersions", {kModernVersion, kLegacyVersion}},
          {"capabilities", {{"tools", Json::object()}}},
          {"instructions", tools_.instructions()},
          {"ttlMs", kDiscoverLifetime},
          {"cacheScope", "private"}};
}

Json Protocol::list_tools(const Message& message) const {
  if (message.params.contains("cursor")) {
    throw RpcError(Code::invalid_params, "cursor: the list has one page");
  }
  return {{"tools", tools_.descriptions()}};
}

Json Protocol::call_tool(const Message& message, const Api& api) const {
  const auto arguments = message.params.find("arguments");
  return tools_.call(text_member(message.params, "name"),
                     arguments == message.params.end() ? nlohmann::json::object() : *arguments, api);
}

}  // namespace callarchive::mcp
