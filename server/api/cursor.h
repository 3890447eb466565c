#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The opaque text that continues a list: a version, the position of the last row, and a digest of the query.
// It is not a secret and grants nothing; the digest only keeps it from continuing the list of another query.

namespace callarchive::api {

// The position of a row in its list.
struct CursorPosition {
  std::int64_t key = 0;
  std::uint8_t part = 0;  // of a list that is made of several parts, one after the other
  std::string text = {};  // of a list that is ordered by a text
};

// `fingerprint` as of Query::fingerprint.
std::string make_cursor(CursorPosition last, std::string_view fingerprint);

// The reverse. Throws HttpError 400 invalid_cursor if the cursor is malformed or belongs to another query.
CursorPosition read_cursor(std::string_view cursor, std::string_view fingerprint);

// Throws that HttpError; `why` says what is wrong or what was expected.
[[noreturn]] void refuse_cursor(const std::string& why);

}  // namespace callarchive::api
