#pragma once

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

// JSON-RPC 2.0 (https://www.jsonrpc.org/specification), as the Model Context Protocol uses it: one message at a time.

namespace callarchive::mcp {

using Json = nlohmann::ordered_json;

// Codes of JSON-RPC, and those that MCP 2026-07-28 adds.
enum class Code {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  too_many_requests = -32000,    // ours: from one client in one second
  header_mismatch = -32020,      // a header is missing, or says something else than the body
  unsupported_version = -32022,  // of the protocol
};

// Ends a request with a JSON-RPC error, and over HTTP with this status.
class RpcError : public std::runtime_error {
 public:
  RpcError(Code code, const std::string& message, int status = 200, Json data = nullptr)
      : std::runtime_error(message), code_(code), status_(status), data_(std::move(data)) {}
  Code code() const { return code_; }
  int status() const { return status_; }
  const Json& data() const { return data_; }  // null: none

 private:
  Code code_;
  int status_;
  Json data_;
};

// A request or a notification. What strangers put into numbers is in it as server/ingest/json_text.h reads it.
struct Message {
  Json id = nullptr;  // text or a whole number; null: a notification, which gets no answer
  std::string method = {};
  nlohmann::json params = nlohmann::json::object();

  bool is_notification() const { return id.is_null(); }
};

// Reads one message. `id` is set as soon as it is known, so that a refusal can name it. Throws RpcError, status 400:
// the text is not JSON, or no message, or nested too deeply, or has too many values.
Message read_message(std::string_view text, Json& id);

// The messages that answer.
std::string result_message(const Json& id, const Json& result);
std::string error_message(const Json& id, const RpcError& error);

}  // namespace callarchive::mcp
