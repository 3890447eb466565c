#pragma once

#include "server/http.h"

#include <string>

namespace callarchive::test {

// Compares with tests/golden/<name>.txt. With ACCEPT=1 in the environment, writes that file instead and skips the test.
void expect_golden(const std::string& name, const std::string& text);

// An answer as it is kept in a golden file: the request line, the status, the headers, the body with JSON laid out.
std::string transcript_of(const std::string& target, const http::Response& response);

}  // namespace callarchive::test
