#pragma once

#include "server/http.h"
#include "server/http/connection.h"

#include <functional>

namespace callarchive::http {

// Puts the answer into the connection's output; a large body is moved, not copied. Adds Date, Content-Length,
// Connection, X-Request-Id, X-Content-Type-Options, Cross-Origin-Resource-Policy where CORS does not apply, and
// Cache-Control unless the handler set it. Compresses the body if the client accepts that. Throws std::logic_error for
// an invalid header.
void put_answer(Connection& connection, Response response);

// Sends an answer with Response::stream set, piece by piece: chunked (RFC 9112, 7.1), or for HTTP/1.0 until the
// connection closes. `write` sends the connection's output (with `is_last`, the last of it), and returns false if the
// client is gone or too slow; `may_go_on` is called before each piece is made. Returns false if the answer was cut
// short. Throws what the stream throws.
bool send_stream(Connection& connection, Response response, const std::function<bool()>& may_go_on,
                 const std::function<bool(bool is_last)>& write);

}  // namespace callarchive::http
