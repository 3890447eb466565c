#include "server/http/chunked.h"

#include "server/http.h"

#include <algorithm>
#include <charconv>

namespace callarchive::http {
namespace {

// What framing may cost on top of 16 bytes a chunk and as many bytes as there is data, so that neither tiny chunks nor
// extensions make a small body endless. The rule is that of Go's net/http (CVE-2023-39326).
constexpr std::size_t kOverheadLimit = 16u << 10;
constexpr std::size_t kOverheadPerChunk = 16;

constexpr std::size_t kMostDigits = 8;

[[noreturn]] void refuse(const char* detail) { throw HttpError(400, "invalid_chunk", detail); }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// What may follow the size: nothing, or extensions, which begin with ";" after optional white space.
void check_extensions(std::string_view text) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) refuse("chunk extension: control character");
  const std::size_t begin = text.find_first_not_of(" \t");
  if (!text.empty() && (begin == std::string_view::npos || text[begin] != ';')) refuse("chunk size: not a hex number");
}

}  // namespace

std::size_t ChunkedBody::read(std::string_view input, std::string& body) {
  std::size_t used = 0;
  while (state_ != State::complete) {
    const std::string_view rest = input.substr(used);
    std::size_t step = 0;
    switch (state_) {
      case State::size_line: step = read_size(rest, body.size()); break;
      case State::data:
        step = std::min(missing_, rest.size());
        body.append(rest, 0, step);
        missing_ -= step;
        if (missing_ == 0) state_ = State::end_of_data;
        break;
      case State::end_of_data:
        step = read_line_end(rest, State::size_line, "chunk: its data is longer than its size");
        break;
      case State::end_of_body: step = read_line_end(rest, State::complete, "trailer fields are not supported"); break;
      case State::complete: break;
    }
    if (step == 0) break;
    used += step;
  }
  return used;
}

std::size_t ChunkedBody::read_size(std::string_view input, std::size_t body_size) {
  const std::size_t end = input.substr(0, kLineLimit).find('\n');
  if (end == std::string_view::npos) {
    if (input.size() >= kLineLimit) refuse("chunk size: line too long");
    return 0;
  }
  if (end == 0 || input[end - 1] != '\r') refuse("chunk size: expected CR LF after it");
  const std::string_view line = input.substr(0, end - 1);
  const auto digits = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_hex) - line.begin());
  if (digits == 0 || digits > kMostDigits) refuse("chunk size: not a hex number of 1 to 8 digits");
  check_extensions(line.substr(digits));
  std::from_chars(line.data(), line.data() + digits, missing_, 16);
  if (missing_ > limit_ - body_size) {
    throw HttpError(413, "body_too_large", "body exceeds " + std::to_string(limit_) + " bytes");
  }
  const std::size_t length = end + 1;
  overhead_ += length;
  overhead_ -= std::min(overhead_, kOverheadPerChunk + missing_);
  if (overhead_ > kOverheadLimit) refuse("too many small chunks or chunk extensions");
  state_ = missing_ == 0 ? State::end_of_body : State::data;
  return length;
}

std::size_t ChunkedBody::read_line_end(std::string_view input, State next, const char* problem) {
  if (!std::string_view("\r\n").starts_with(input.substr(0, 2))) refuse(problem);
  if (input.size() < 2) return 0;
  state_ = next;
  return 2;
}

}  // namespace callarchive::http
