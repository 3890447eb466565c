#pragma once

#include "server/http.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A file as the answer to a GET: the whole of it, one range, or what a condition says instead (RFC 9110, 13 and 14).

namespace callarchive::http {

struct ByteRange {
  std::int64_t first = 0;
  std::int64_t length = 0;  // 0: there is no such range in the file
};

// What a Range header asks of so many bytes. Nothing where it is to be ignored, which RFC 9110, 14.2 allows: another
// unit, not well-formed, or several ranges, which would be answers many times as long as the file.
std::optional<ByteRange> read_range(std::string_view header, std::int64_t size);

// `etag` is strong, with its quotes. The route must have takes_ranges.
Response answer_file(const Request& request, std::shared_ptr<const int> descriptor, std::int64_t size,
                     std::string content_type, const std::string& etag);

}  // namespace callarchive::http
