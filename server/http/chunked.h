#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callarchive::http {

// Reads a body with the transfer coding "chunked" (RFC 9112, 7.1) as it arrives. Extensions are checked for control
// characters and ignored; trailer fields are refused, since no handler reads them. A line break is CR LF only. So no
// two readers can disagree about where a body ends.
class ChunkedBody {
 public:
  // `limit`: bytes of the body that are accepted.
  explicit ChunkedBody(std::size_t limit) : limit_(limit) {}

  // Appends what `input` adds to the body, and returns how many bytes of `input` were read: the rest is an unfinished
  // line, at most kLineLimit bytes, or follows the end of the body. Throws HttpError: 400 invalid_chunk, or
  // 413 body_too_large as soon as a chunk's size says so.
  std::size_t read(std::string_view input, std::string& body);

  bool is_complete() const { return state_ == State::complete; }

  // The most bytes in a line with the size of a chunk, including extensions.
  static constexpr std::size_t kLineLimit = 256;

 private:
  enum class State { size_line, data, end_of_data, end_of_body, complete };

  std::size_t read_size(std::string_view input, std::size_t body_size);
  std::size_t read_line_end(std::string_view input, State next, const char* problem);

  std::size_t limit_;
  State state_ = State::size_line;
  std::size_t missing_ = 0;   // of the present chunk's data
  std::size_t overhead_ = 0;  // bytes beyond those that honest framing needs
};

}  // namespace callarchive::http
