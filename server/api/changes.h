#pragma once

#include "server/api/context.h"
#include "server/http.h"

// GET /v1/changes: the change feed.

namespace callarchive::api {

http::Response list_changes(const Context& context, const http::Request& request);

}  // namespace callarchive::api
