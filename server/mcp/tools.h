#pragma once

#include "server/mcp/message.h"

#include <functional>
#include <string>

// The tools that a client of MCP may call: each is a query of the API (server/api), sent by its own handler with its
// own parameters, whose answer is cut to what a model can read. docs/mcp/server.json describes them.

namespace callarchive::mcp {

// What the API answered to a GET of a target such as "/v1/calls?limit=2": the status and the JSON.
struct Reply {
  int status = 200;
  Json body = {};
};

// Where queries are sent.
struct Api {
  std::function<Reply(const std::string& target)> get;
  std::string base_url;  // before the paths of what search and fetch find: "https://archive.example"
};

// The most bytes of a result, as JSON: Claude Code refuses more than 25,000 tokens.
constexpr std::size_t kMostResultBytes = 39'000;

class Tools {
 public:
  Tools();

  const std::string& instructions() const { return instructions_; }
  const Json& descriptions() const { return descriptions_; }

  // The result of tools/call. What is wrong with the arguments is a result, too, which tells the model what to send
  // instead. Throws RpcError: there is no such tool.
  Json call(const std::string& name, const nlohmann::json& arguments, const Api& api) const;

 private:
  std::string instructions_ = {};
  Json descriptions_ = {};  // as tools/list has them
};

}  // namespace callarchive::mcp
