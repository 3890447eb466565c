#include "server/http.h"

#include "server/http/reason.h"

#include <nlohmann/json.hpp>

namespace callarchive::http {

HttpError::HttpError(int status, std::string code, const std::string& detail, std::vector<FieldError> errors)
    : std::runtime_error(detail), status_(status), code_(std::move(code)), errors_(std::move(errors)) {}

HttpError busy(const char* detail, int retry_after) {
  HttpError error(503, "busy", detail);
  error.headers.emplace_back("Retry-After", std::to_string(retry_after));
  return error;
}

Response problem(const HttpError& error, const std::string& request_id) {
  // The codes have no pages of their own, so the type says that the status explains the problem (RFC 9457, 4.2.1).
  nlohmann::ordered_json body = {{"type", "about:blank"},    {"title", reason_phrase(error.status())},
                                 {"status", error.status()}, {"detail", error.what()},
                                 {"code", error.code()},     {"request_id", request_id}};
  if (!error.errors().empty()) {
    auto& list = body["errors"] = nlohmann::ordered_json::array();
    for (const FieldError& field : error.errors()) {
      list.push_back({{"field", field.field}, {"message", field.message}});
    }
  }
  Response response;
  response.status = error.status();
  response.content_type = "application/problem+json";
  response.headers = error.headers;
  response.problem_code = error.code();
  // A detail may quote what a client sent, which may be invalid UTF-8.
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace callarchive::http
