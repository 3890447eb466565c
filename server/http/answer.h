#pragma once

#include "server/http.h"
#include "server/http/connection.h"

#include <functional>

namespace callarchive::http {

// Puts the answer into the connection's output; the body is moved, not copied, when it is large.
// Adds Date, Content-Length, Connection, X-Request-Id, X-Content-Type-Options and, where the handler was silent,
// Cache-Control; compresses when the client asked. Throws std::logic_error for a header that is none.
void put_answer(Connection& connection, Response response);

// Sends an answer with Response::stream set, piece by piece, chunked (RFC 9112, 7.1) or, to HTTP/1.0, until the end.
// `write_all` sends the connection's output and returns false when the client is gone or too slow; `may_go_on` is asked
// before each piece is made. Returns false when the answer was cut short. Throws what the stream throws.
bool send_stream(Connection& connection, Response response, const std::function<bool()>& may_go_on,
                 const std::function<bool()>& write_all);

}  // namespace callarchive::http
