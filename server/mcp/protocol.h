#pragma once

#include "server/http.h"
#include "server/mcp/tools.h"

#include <string>
#include <string_view>

// The Model Context Protocol (https://modelcontextprotocol.io/specification), of which both kinds of revisions are
// spoken: 2026-07-28, where each request tells its version and nothing is remembered, and 2025-11-25, which begins with
// initialize. Each request tells which it is: it is of the older kind if its _meta names no version, and it is an
// initialize or its MCP-Protocol-Version is not 2026-07-28.

namespace callarchive::mcp {

constexpr std::string_view kModernVersion = "2026-07-28";
constexpr std::string_view kLegacyVersion = "2025-11-25";

struct Outgoing {
  int status = 200;       // over HTTP
  std::string body = {};  // one JSON-RPC message; empty: there is nothing to answer
};

class Protocol {
 public:
  Protocol(Tools tools, std::string program_version);

  // Answers one message. `request` is the HTTP request that carried it, whose headers must agree with it; null on
  // standard input, where there are no headers. Any thread, if `api` may be called on any.
  Outgoing answer(std::string_view message, const http::Request* request, const Api& api) const;

 private:
  Json result(const Message& message, bool is_modern, const Api& api) const;
  Json initialize(const Message& message) const;
  Json discover() const;
  Json list_tools(const Message& message) const;
  Json call_tool(const Message& message, const Api& api) const;

  const Tools tools_;
  const Json server_info_;
};

}  // namespace callarchive::mcp
