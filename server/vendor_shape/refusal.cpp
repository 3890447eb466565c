#include "server/vendor_shape/refusal.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace callarchive::vendor_shape {
namespace {

using Json = nlohmann::ordered_json;

const char* type_of(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 409: return "conflict_error";
    case 429: return "rate_limit_error";
    default: return status >= 500 ? "server_error" : "validation_error";
  }
}

// Only what names a field has details: {"code": "API_KEY_INVALID", "details": null}.
Json body_v1(const Refusal& refusal) {
  Json details;
  if (!refusal.field().empty()) details = Json::array({{{"message", refusal.what()}, {"field", refusal.field()}}});
  return {{"code", refusal.code()}, {"details", details}};
}

Json body_v2(const Refusal& refusal, const std::string& request_id) {
  Json error = {{"type", type_of(refusal.status())},
                {"code", refusal.code()},
                {"message", refusal.what()},
                {"retryable", refusal.status() == 429 || refusal.status() >= 500},
                {"request_id", request_id}};
  if (!refusal.field().empty()) {
    error["param"] = refusal.field();
    error["errors"] =
        Json::array({{{"field", refusal.field()}, {"code", refusal.code()}, {"message", refusal.what()}}});
  }
  if (refusal.retry_after > 0) error["retry_after_seconds"] = refusal.retry_after;
  return {{"error", error}};
}

}  // namespace

Refusal refusal_of(const http::HttpError& error) {
  const int status = error.status();
  const char* code = status == 401   ? "API_KEY_INVALID"
                     : status == 403 ? "API_KEY_INSUFFICIENT_SCOPE"
                     : status == 404 ? "CONVERSATION_ITEM_NOT_FOUND"
                     : status == 429 ? "RATE_LIMIT_EXCEEDED"
                     : status >= 500 ? "INTERNAL_SERVER_ERROR"
                                     : "INVALID_SEARCH_QUERY";
  Refusal refusal(status, code, error.what(), error.errors().empty() ? std::string() : error.errors().front().field);
  for (const auto& [name, value] : error.headers) {
    if (name == "Retry-After") refusal.retry_after = std::atoi(value.c_str());
  }
  return refusal;
}

http::Response answer_refusal(Version version, const Refusal& refusal, const std::string& request_id) {
  http::Response response;
  response.status = refusal.status();
  response.problem_code = refusal.code();
  if (refusal.retry_after > 0) response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after));
  const Json body = version == Version::v1 ? body_v1(refusal) : body_v2(refusal, request_id);
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace callarchive::vendor_shape
