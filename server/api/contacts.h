#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

http::Response list_contacts(const Context& context, const http::Request& request);
http::Response show_contact(const Context& context, const http::Request& request);
// Every state the contact had, newest first.
http::Response list_contact_versions(const Context& context, const http::Request& request);

}  // namespace callarchive::api
