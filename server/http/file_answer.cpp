#include "server/http/file_answer.h"

#include <algorithm>
#include <charconv>

namespace callarchive::http {
namespace {

// Decimal digits alone; more than fit into 63 bits are as good as endless.
std::optional<std::int64_t> read_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return {};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? number : INT64_MAX;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// If-None-Match: any of a list, compared weakly, or "*".
bool names(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view tag = trim(list.substr(0, comma));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag || tag == "*") return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

}  // namespace

std::optional<ByteRange> read_range(std::string_view header, std::int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::string_view text = trim(header);
  if (!text.starts_with(kUnit)) return {};
  const std::string_view range = trim(text.substr(kUnit.size()));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return {};
  const auto first = read_number(range.substr(0, dash)), last = read_number(range.substr(dash + 1));
  if (dash == 0) {  // the last so many bytes
    if (!last) return {};
    const std::int64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  const bool is_open = dash + 1 == range.size();
  if (!first || (!last && !is_open) || (last && *last < *first)) return {};
  if (*first >= size) return ByteRange{};
  return ByteRange{*first, std::min(last.value_or(INT64_MAX), size - 1) - *first + 1};
}

Response answer_file(const Request& request, std::shared_ptr<const int> descriptor, std::int64_t size,
                     std::string content_type, const std::string& etag) {
  Response response;
  response.headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"}, {"Cache-Control", "private, no-cache"}};
  if (names(request.header("if-none-match").value_or(""), etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = std::move(content_type);
  response.file = {std::move(descriptor), 0, size};
  const auto wanted = request.header("range");
  const auto condition = request.header("if-range");
  if (request.method != "GET" || !wanted || (condition && trim(*condition) != etag)) return response;
  const auto range = read_range(*wanted, size);
  if (!range) return response;
  if (range->length == 0) {
    HttpError error(416, "range_not_satisfiable", "the recording has " + std::to_string(size) + " bytes");
    error.headers = {{"Content-Range", "bytes */" + std::to_string(size)}, {"Accept-Ranges", "bytes"}};
    throw error;
  }
  response.status = 206;
  response.file.offset = range->first;
  response.file.length = range->length;
  response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                     std::to_string(range->first + range->length - 1) + "/" +
                                                     std::to_string(size));
  return response;
}

}  // namespace callarchive::http
