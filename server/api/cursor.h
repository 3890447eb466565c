#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The opaque text that continues a list: a version, the place of the last row, and a digest of the question.
// It is no secret and grants nothing; the digest only keeps it from continuing another question's list.

namespace callarchive::api {

// Where a row stands in its list.
struct Place {
  std::int64_t key = 0;
  std::uint8_t part = 0;  // of a list that is made of several, one behind the other
  std::string text = {};  // of a list in the order of a text
};

// `fingerprint` as of Query::fingerprint.
std::string make_cursor(Place last, std::string_view fingerprint);

// The reverse. Throws HttpError 400 invalid_cursor if the cursor is garbled or belongs to another question.
Place read_cursor(std::string_view cursor, std::string_view fingerprint);

// Throws that HttpError; `expected` tells the caller what would have been right.
[[noreturn]] void refuse_cursor(const std::string& expected);

}  // namespace callarchive::api
