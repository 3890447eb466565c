#pragma once

#include "server/http.h"

#include <string>
#include <vector>

// Cross-origin requests (https://fetch.spec.whatwg.org, "HTTP CORS protocol"): which web pages of other origins may
// read the answers, with a token of their own. Cookies play no part.

namespace callarchive {

// Adds to each route that is asked with GET what a browser needs: the headers for pages of these origins, and an answer
// to its question in advance (OPTIONS). Routes of the receiver stay closed.
std::vector<http::Route> with_cors(std::vector<http::Route> routes, const std::vector<std::string>& origins);

// The same for what the gate refuses, so that a page can tell a missing token from a network failure.
http::Gate with_cors(http::Gate gate, const std::vector<std::string>& origins);

}  // namespace callarchive
