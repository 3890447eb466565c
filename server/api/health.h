#pragma once

#include "server/api/context.h"
#include "server/http.h"

// How the program is, and what a caller may do.

namespace callarchive::api {

// The program runs.
http::Response show_livez(const http::Request& request);
// A write can be committed now; 503 not_ready if not.
http::Response show_readyz(const Context& context, const http::Request& request);
// The caller's scopes, and the limits that hold for every caller.
http::Response show_me(const Context& context, const vector<string>& scopes, const http::Request& request);
// The description of this API, as docs/openapi.json has it.
http::Response show_openapi(const http::Request& request);

}  // namespace callarchive::api
