#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

http::Response list_numbers(const Context& context, const http::Request& request);
http::Response show_number(const Context& context, const http::Request& request);

// The {number} of a path such as /v1/numbers/{number}/calls, in any spelling.
string number_in_path(const http::Request& request);

// Throws HttpError 404 if the number does not occur in the archive.
Number require_number(Reader& reader, const string& number);

}  // namespace callarchive::api
