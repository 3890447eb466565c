#pragma once

#include "server/http.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A file as the answer to a GET: the whole file, one range of it, or what a condition requires (RFC 9110, 13 and 14).

namespace callarchive::http {

struct ByteRange {
  std::int64_t first = 0;
  std::int64_t length = 0;  // 0: there is no such range in the file
};

// The range that a Range header requests of a file of `size` bytes. Nothing if the header is to be ignored, as RFC
// 9110, 14.2 allows: another unit, malformed, or several ranges, whose answer could be many times as long as the file.
std::optional<ByteRange> read_range(std::string_view header, std::int64_t size);

// The answer, with status 200, 206, 304 or 416. `etag` is strong, with its quotes. The route must have takes_ranges.
Response answer_file(const Request& request, std::shared_ptr<const int> descriptor, std::int64_t size,
                     std::string content_type, const std::string& etag);

}  // namespace callarchive::http
