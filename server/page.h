#pragma once

#include "server/http.h"

#include <vector>

// The web page: files that are compiled into the program. It uses the public API like any other client.

namespace callarchive {

// "/" and "/assets/{name}". They are open to everybody, because they contain nothing of the archive.
std::vector<http::Route> page_routes();

}  // namespace callarchive
