#pragma once

#include "server/http.h"

#include <string>
#include <vector>

// Cross-origin requests (https://fetch.spec.whatwg.org, "HTTP CORS protocol"): which web pages of other origins may
// read the answers, with a token of their own. Cookies play no part.

namespace callarchive {

// Allows pages of these origins to send requests: each route with GET also answers a browser's preflight request
// (OPTIONS), and every answer, even a refusal by the server itself, tells the browser that the page may read it, so
// that a page can tell a missing token or a busy server from a network failure. The webhook routes stay closed. Without
// origins nothing changes.
void allow_origins(const std::vector<std::string>& origins, std::vector<http::Route>& routes,
                   http::ServerOptions& options);

}  // namespace callarchive
