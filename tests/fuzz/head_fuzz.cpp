#include "server/http/head.h"
#include "server/http/url.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace {

using namespace callarchive::http;

constexpr HeadLimits kLimits{.request_line = 512, .head = 2048, .headers = 16, .body = 4096};

void expect(bool holds) {
  if (!holds) std::abort();
}

// Where the head ends when the bytes come in pieces of that size.
std::size_t end_in_pieces(std::string_view bytes, std::size_t piece) {
  std::size_t scanned = 0;
  for (std::size_t arrived = std::min(piece, bytes.size());; arrived = std::min(arrived + piece, bytes.size())) {
    if (const std::size_t end = find_head_end(bytes.substr(0, arrived), scanned)) return end;
    if (arrived == bytes.size()) return 0;
  }
}

std::optional<Head> parsed_or_refused(std::string_view bytes) {
  try {
    return parse_head(bytes, kLimits);
  } catch (const HttpError& error) {
    expect(error.status() >= 400 && error.status() <= 505 && !error.code().empty());
    return {};
  }
}

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
}

// What handlers may rely on.
void check(const Head& head) {
  expect(head.target.starts_with('/') && is_clean(head.target) &&
         head.headers.size() <= kLimits.headers + 1);  // a Host
  expect(head.content_length <= kLimits.body);
  expect(head.content_length == 0 || !head.is_chunked);
  if (head.method == "GET" || head.method == "HEAD" || head.method == "DELETE") {
    expect(head.content_length == 0 && !head.is_chunked);
  }
  for (const auto& [name, value] : head.headers) {
    expect(!name.empty() && is_clean(value) && (name != "transfer-encoding" || head.is_chunked) &&
           name != "remote_addr");
    expect(
        std::none_of(name.begin(), name.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == ' ' || c == ':'; }));
  }
}

std::string written(const Head& head) {
  std::string text = head.method + ' ' + head.target + (head.http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const auto& [name, value] : head.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

}  // namespace

// Any bytes as the head of a request: refused, or something that reads the same when it is written down again.
// Where it ends does not depend on how it arrives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t scanned = 0;
  const std::size_t end = find_head_end(bytes, scanned);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{64}})
    expect(end_in_pieces(bytes, piece) == end);
  if (end == 0) return 0;
  const auto head = parsed_or_refused(bytes.substr(0, end));
  if (!head) return 0;
  check(*head);
  if (head->headers.size() > kLimits.headers) return 0;
  const std::string text = written(*head);
  // Written down it may be a little longer: a blank behind each colon.
  const auto again = text.size() > kLimits.head ? head : parsed_or_refused(text);
  expect(again && again->method == head->method && again->target == head->target && again->headers == head->headers);
  expect(again->content_length == head->content_length && again->keep_alive == head->keep_alive &&
         again->is_chunked == head->is_chunked);
  return 0;
}
