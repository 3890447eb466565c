#pragma once

#include "server/http.h"

#include <stdexcept>
#include <string>

// Refusals as the vendor writes them (https://help.withallo.com, "Errors").

namespace callarchive::vendor_shape {

enum class Version { v1, v2 };

// Ends a request. `code` is one of the vendor's.
class Refusal : public std::runtime_error {
 public:
  Refusal(int status, std::string code, const std::string& message, std::string field = {})
      : std::runtime_error(message), status_(status), code_(std::move(code)), field_(std::move(field)) {}
  int status() const { return status_; }
  const std::string& code() const { return code_; }
  const std::string& field() const { return field_; }
  int retry_after = 0;  // seconds; 0: not said

 private:
  int status_;
  std::string code_;
  std::string field_;  // the parameter that is wrong, or empty
};

// What the server's own refusals are for the vendor's clients.
Refusal refusal_of(const http::HttpError& error);

http::Response answer_refusal(Version version, const Refusal& refusal, const std::string& request_id);

}  // namespace callarchive::vendor_shape
