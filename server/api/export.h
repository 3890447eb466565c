#pragma once

#include "server/api/context.h"
#include "server/http.h"

// Whole lists as a file: the filters of the lists, and `format`. Rows are read one page at a time, each in a short
// transaction of its own, while the response is sent; memory does not grow with the file. What arrives or is corrected
// meanwhile may be included or not: NDJSON names the newest delivery at its beginning and at its end, and if these are
// the same, nothing but recordings changed in between. If time runs out before the first byte, the response is a 503;
// if it runs out later, or anything fails, the connection is closed, and an NDJSON file lacks its completion line.

namespace callarchive::api {

http::Response export_calls(const Context& context, const http::Request& request);
http::Response export_messages(const Context& context, const http::Request& request);
http::Response export_contacts(const Context& context, const http::Request& request);
// One row per entry, with the id and the start of its call.
http::Response export_transcripts(const Context& context, const http::Request& request);

}  // namespace callarchive::api
