#pragma once

#include "server/http.h"

#include <string>
#include <vector>

namespace callarchive::mcp {

// The route of the Model Context Protocol: POST /mcp, one message and one answer each (the Streamable HTTP transport
// without its streams). Its queries are sent to those of `routes` that need the scope `read`, and with the headers of
// the request, so that they see what its sender may see.
http::Route make_route(const std::vector<http::Route>& routes, const std::string& program_version);

}  // namespace callarchive::mcp
