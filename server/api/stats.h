#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

// Counts of calls and messages and the duration of calls, by time and by a property.
http::Response show_stats(const Context& context, const http::Request& request);

}  // namespace callarchive::api
