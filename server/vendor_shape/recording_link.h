#pragma once

#include "server/http.h"

#include <string>
#include <string_view>

// Links to recordings that work without a token for sixty minutes, as the vendor's do.

namespace callarchive::vendor_shape {

struct Shape;

constexpr std::string_view kLinkPath = "/recordings/";
constexpr int kLinkSeconds = 3600;

// Path and query of a link that ends at `expires` (Unix seconds).
std::string make_link(const Shape& shape, const std::string& call_id, std::int64_t expires);

// The recording that a link leads to. Throws HttpError: 403 link_expired, or what the route of the API throws.
http::Response show_linked_recording(const Shape& shape, const http::Request& request);

}  // namespace callarchive::vendor_shape
