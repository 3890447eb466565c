#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

// Calls, messages and contacts by what was said and written, each with what matched.
http::Response search(const Context& context, const http::Request& request);

}  // namespace callarchive::api
