#pragma once

#include "server/http.h"

#include <string>

// What the program tells its operator, on standard error: text for people on a terminal, one JSON object a
// line elsewhere. Never a phone number, a name, a message, a secret or a recording link.

namespace callarchive {

enum class LogFormat { automatic, text, json };

// Sets up the log of the process. `level` as spdlog names it: debug, info, warn, error. Throws
// std::invalid_argument for another.
void start_log(LogFormat format, const std::string& level);

void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

// What broke while a request was served. `what` is the words of a library, which may quote what it was given: what is
// quoted, and every longer number, is left out.
void log_failure(const http::Request& request, const std::string& what);

// One line for a request: id, method, route (its pattern, so that no id or token is written), status, the code of a
// problem, time. A warning for every refused webhook and for what the server itself could not do.
void log_request(const http::Request& request, const http::Outcome& outcome);

}  // namespace callarchive
