#pragma once

#include "server/http.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The head of a request: request line and header fields (RFC 9112), read from raw bytes.
// It is stricter than the RFC requires: requests are smuggled where two readers understand one message differently.

namespace callarchive::http {

struct HeadLimits {
  std::size_t request_line = 8u << 10;  // bytes
  std::size_t head = 32u << 10;         // bytes, request line and fields together
  std::size_t headers = 100;
  std::size_t body = 10u << 20;  // bytes
};

struct Head {
  std::string method = {};
  std::string target = {};                                        // begins with '/': path and query as sent
  std::string authority = {};                                     // of a target in absolute form, else empty
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case, values as sent
  std::size_t content_length = 0;
  bool is_chunked = false;  // the body has the transfer coding "chunked", and no length
  bool keep_alive = true;   // as the client requests
  bool http_1_0 = false;
  bool lacks_length = false;      // the method may have a body, and its length is not given
  bool expects_continue = false;  // waits for a 100 before it sends the body

  // The value of a header (name in lower case), or an empty view.
  std::string_view header(std::string_view name) const;
};

// The length of the head that `bytes` begins with, including the blank line, or 0 if its end has not arrived.
// `scanned` remembers how far earlier calls looked; it starts at 0.
std::size_t find_head_end(std::string_view bytes, std::size_t& scanned);

// Method and target of a head that has not been or could not be parsed, for the log. Nothing if the request line has
// not arrived or is invalid.
std::optional<Head> peek_request_line(std::string_view bytes);

// Refuses the beginning of a head that is too long already. Throws HttpError: 414, 431.
void check_unfinished_head(std::string_view bytes, const HeadLimits& limits);

// Reads a whole head. Throws HttpError: 400, 413, 414, 415, 417, 431, 505. A target in absolute form is accepted, and
// its authority replaces Host (RFC 9112, 3.2.2), so that no later check can see another one.
// Headers with names that servers use for the peer's address (remote_addr …) are dropped, so that they fool no handler.
Head parse_head(std::string_view bytes, const HeadLimits& limits);

// Whether a comma-separated field value contains `token` (given in lower case), in any case.
bool has_token(std::string_view list, std::string_view token);

}  // namespace callarchive::http
