#pragma once

#include "server/http.h"

#include <string>

// The log, on standard error: text on a terminal, one JSON object per line elsewhere. It never contains a phone number,
// a name, a message, a secret or a recording link.

namespace callarchive {

enum class LogFormat { automatic, text, json };

// Sets up the log of the process. `level` as spdlog names it: debug, info, warn, error, off. Throws
// std::invalid_argument for anything else.
void start_log(LogFormat format, const std::string& level);

void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

// A request that failed with an internal error. `what` comes from a library and may quote its input: quoted text and
// long numbers are left out.
void log_failure(const http::Request& request, const std::string& what);

// One line for a request: id, method, route (its pattern, so that no id or token is written), status, the code of a
// problem, time. Successful probes of health and metrics are on level debug. A warning for every refused webhook and
// for what the server itself could not do.
void log_request(const http::Request& request, const http::Outcome& outcome);

}  // namespace callarchive
