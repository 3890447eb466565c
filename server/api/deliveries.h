#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

http::Response list_deliveries(const Context& context, const http::Request& request);
// With the body; with raw=true only the bytes of the body.
http::Response show_delivery(const Context& context, const http::Request& request);

}  // namespace callarchive::api
