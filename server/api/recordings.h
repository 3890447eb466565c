#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

// The sound of a call: whole or a range of it. With `download=true` under a name for a file.
http::Response show_recording(const Context& context, const http::Request& request);
// Its shape: the greatest level of each of its equal parts, for drawing.
http::Response show_recording_peaks(const Context& context, const http::Request& request);

}  // namespace callarchive::api
