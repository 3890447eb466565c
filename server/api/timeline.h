#pragma once

#include "server/api/context.h"
#include "server/http.h"

// Calls and messages as one list, newest first.

namespace callarchive::api {

http::Response list_timeline_of_number(const Context& context, const http::Request& request);
// Over all numbers of the contact.
http::Response list_timeline_of_contact(const Context& context, const http::Request& request);

}  // namespace callarchive::api
