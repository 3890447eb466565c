#pragma once

#include "server/api/context.h"
#include "server/http.h"

namespace callarchive::api {

// The recording of a call, or a range of it. With download=true the browser is told to save it.
http::Response show_recording(const Context& context, const http::Request& request);
// Its peak levels: the highest level in each of its equal parts, for drawing the waveform.
http::Response show_recording_peaks(const Context& context, const http::Request& request);

}  // namespace callarchive::api
