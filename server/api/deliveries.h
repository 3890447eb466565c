#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

http::Response list_deliveries(const Context& context, const http::Request& request);
// With the body; raw=true answers nothing but the body's bytes.
http::Response show_delivery(const Context& context, const http::Request& request);

}  // namespace callarchive::api
