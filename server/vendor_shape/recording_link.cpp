#include "server/vendor_shape/recording_link.h"

#include "server/access/signature.h"
#include "server/api/recordings.h"
#include "server/clock.h"
#include "server/http/url.h"
#include "server/vendor_shape/shape.h"
#include "storage/sqlite/digest.h"

#include <cstdlib>

namespace callarchive::vendor_shape {
namespace {

std::string signature_of(const Shape& shape, const std::string& call_id, const std::string& expires) {
  return sign("recording", expires, call_id, {shape.link_secret});
}

}  // namespace

std::string make_link(const Shape& shape, const std::string& call_id, std::int64_t expires) {
  const auto until = std::to_string(expires);
  return http::make_target(std::string(kLinkPath) + http::percent_encode(call_id),
                           {{"expires", until}, {"signature", signature_of(shape, call_id, until)}});
}

http::Response show_linked_recording(const Shape& shape, const http::Request& request) {
  const auto& call_id = request.path_parameters.at(0);
  const auto expires = parameter(request, "expires").value_or("");
  const auto given = parameter(request, "signature").value_or("");
  // Digests are compared, so that the time tells nothing of the signature.
  const bool is_ours = storage::sha256(given) == storage::sha256(signature_of(shape, call_id, expires));
  if (!is_ours || std::atoll(expires.c_str()) * 1000 < now()) {
    throw http::HttpError(403, "link_expired", "the link has expired or is not one of this server");
  }
  http::Request inner = request;
  inner.query.clear();
  return api::show_recording(shape.api, inner);
}

}  // namespace callarchive::vendor_shape
