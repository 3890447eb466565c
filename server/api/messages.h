#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

http::Response list_messages(const Context& context, const http::Request& request);
http::Response show_message(const Context& context, const http::Request& request);
// As list_messages, for one number.
http::Response list_messages_of_number(const Context& context, const http::Request& request);

}  // namespace callarchive::api
