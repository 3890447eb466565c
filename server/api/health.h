#pragma once

#include "server/api/context.h"
#include "server/http.h"

// The health of the program, and what a caller may do.

namespace callarchive::api {

// The program is running.
http::Response show_livez(const http::Request& request);
// Whether a write can be committed now; 503 not_ready if not.
http::Response show_readyz(const Context& context, const http::Request& request);
// The scopes of the caller, and the limits for all callers.
http::Response show_me(const Context& context, const vector<string>& scopes, const http::Request& request);
// The description of this API, as docs/openapi.json has it.
http::Response show_openapi(const http::Request& request);

}  // namespace callarchive::api
