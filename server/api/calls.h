#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

http::Response list_calls(const Context& context, const http::Request& request);
http::Response show_call(const Context& context, const http::Request& request);
// The entries of one call, first one first.
http::Response list_transcript(const Context& context, const http::Request& request);
// All calls of the transfer chain that the call belongs to, oldest first.
http::Response list_call_chain(const Context& context, const http::Request& request);
// As list_calls, for one number.
http::Response list_calls_of_number(const Context& context, const http::Request& request);

}  // namespace callarchive::api
