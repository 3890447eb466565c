#pragma once

namespace callarchive::http {

// The reason phrase of a status code (RFC 9110, 15), or "Unknown".
const char* reason_phrase(int status);

}  // namespace callarchive::http
