#pragma once

#include "server/http.h"

#include <string>
#include <vector>

// Cross-origin requests (https://fetch.spec.whatwg.org, "HTTP CORS protocol"): which web pages of other origins may
// read the answers, with a token of their own. Cookies play no part.

namespace callarchive {

// Lets pages of these origins ask: to each route that is asked with GET comes an answer to a browser's question in
// advance (OPTIONS), and every answer, also a refusal by the server itself, tells the browser that the page may read
// it, so that a page can tell a missing token or a busy server from a network that failed. Routes of the receiver stay
// closed. Without origins nothing changes.
void allow_origins(const std::vector<std::string>& origins, std::vector<http::Route>& routes,
                   http::ServerOptions& options);

}  // namespace callarchive
