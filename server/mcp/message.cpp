#include "server/mcp/message.h"

#include "server/ingest/json_text.h"

namespace callarchive::mcp {
namespace {

constexpr std::size_t kLongestId = 200;  // characters; it comes back with the answer

RpcError bad(Code code, const std::string& message) { return {code, message, 400}; }

std::string dump(const Json& message) { return message.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

Message read_message(std::string_view text, Json& id) {
  nlohmann::json value;
  const auto report = ingest::parse_json(text, value);
  if (report.too_deep || report.too_many) {
    throw bad(Code::invalid_request, "the message is nested too deeply or has too many values");
  }
  if (!report.valid) throw bad(Code::parse_error, "the message is not JSON: " + report.error);
  if (!value.is_object()) throw bad(Code::invalid_request, "expected one JSON-RPC message, which is an object");
  if (const auto given = value.find("id"); given != value.end()) {
    const bool is_text = given->is_string() && given->get_ref<const std::string&>().size() <= kLongestId;
    if (!is_text && !given->is_number_integer()) {
      throw bad(Code::invalid_request, "id: expected a text of at most 200 characters, or a whole number");
    }
    id = *given;
  }
  if (value.value("jsonrpc", nlohmann::json()) != "2.0") throw bad(Code::invalid_request, "jsonrpc: expected \"2.0\"");
  const auto method = value.find("method");
  if (method == value.end() || !method->is_string()) {
    throw bad(Code::invalid_request, "method: expected the name of a method");
  }
  Message message{id, method->get<std::string>()};
  if (auto params = value.find("params"); params != value.end()) {
    if (!params->is_object()) throw bad(Code::invalid_params, "params: expected an object");
    message.params = std::move(*params);
  }
  return message;
}

std::string result_message(const Json& id, const Json& result) {
  return dump({{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

std::string error_message(const Json& id, const RpcError& error) {
  Json body = {{"code", static_cast<int>(error.code())}, {"message", error.what()}};
  if (!error.data().is_null()) body["data"] = error.data();
  return dump({{"jsonrpc", "2.0"}, {"id", id}, {"error", body}});
}

}  // namespace callarchive::mcp
