#pragma once

#include "server/http.h"

#include <vector>

// The page for people: files compiled into the program. It asks the public API like everybody else.

namespace callarchive {

// "/" and "/assets/{name}". Open to everybody: they hold nothing of the archive.
std::vector<http::Route> page_routes();

}  // namespace callarchive
