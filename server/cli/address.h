#pragma once

#include "server/serve/address.h"

#include <string>

namespace callarchive::cli {

// Reads "127.0.0.1:8080", "[::1]:8080", "localhost:8080", or ":8080" (all addresses). Throws UsageError.
Address parse_address(const std::string& text);

}  // namespace callarchive::cli
