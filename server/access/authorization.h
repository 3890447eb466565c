#pragma once

#include "server/http.h"

#include <optional>
#include <string>
#include <string_view>

// The Authorization header and the refusals that go with it, for the API and for the webhooks.

namespace callarchive {

// What follows "<scheme> " in the Authorization header, the scheme in any case (RFC 9110, 11.4). Nothing if the
// header is missing or names another scheme. The view is valid as long as the request.
std::optional<std::string_view> authorization(const http::Request& request, std::string_view scheme);

// 401 `unauthorized` with the challenge that RFC 9110, 15.5.2 requires. `code` may be another one, such as clock_skew.
http::HttpError unauthorized(const std::string& detail, const std::string& challenge = "Bearer",
                             const std::string& code = "unauthorized");

// 429 `too_many_failures`: the client may try again after `seconds`.
http::HttpError too_many_failures(int seconds);

}  // namespace callarchive
