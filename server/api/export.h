#pragma once

#include "server/api/context.h"
#include "server/http.h"

// Whole lists as a file: the filters of the lists, and `format`. Rows are read a page at a time, each in a short
// transaction of its own, while the answer is sent; memory does not grow with the file. What arrives or is corrected
// meanwhile may be in it or not: NDJSON names the newest delivery of its begin and of its end, and where these are the
// same there was nothing of the kind. Time that runs out before the first byte is a 503; later, or when
// anything fails, the connection is cut, and an NDJSON file then lacks its completion line.

namespace callarchive::api {

http::Response export_calls(const Context& context, const http::Request& request);
http::Response export_messages(const Context& context, const http::Request& request);
http::Response export_contacts(const Context& context, const http::Request& request);
// One row per entry, with the id and the start of its call.
http::Response export_transcripts(const Context& context, const http::Request& request);

}  // namespace callarchive::api
