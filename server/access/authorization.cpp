#include "server/access/authorization.h"

#include "storage/text/ascii.h"

#include <algorithm>

namespace callarchive {

std::optional<std::string_view> authorization(const http::Request& request, std::string_view scheme) {
  std::string_view header = request.header("authorization").value_or("");
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  if (!ascii::starts_with_ignoring_case(header, scheme)) return std::nullopt;
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

http::HttpError unauthorized(const std::string& detail, const std::string& challenge, const std::string& code) {
  http::HttpError error(401, code, detail);
  error.headers.emplace_back("WWW-Authenticate", challenge);
  return error;
}

http::HttpError too_many_failures(int seconds) {
  http::HttpError error(429, "too_many_failures", "too many failed attempts from this address");
  error.headers.emplace_back("Retry-After", std::to_string(seconds));
  return error;
}

}  // namespace callarchive
