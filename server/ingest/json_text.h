#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

// JSON as strangers send it (RFC 8259), read so that nothing in it can hurt.

namespace callarchive::ingest {

// Containers inside containers beyond this are dropped (and read as null): copying or printing a deeper value
// would recurse until the stack ends.
constexpr std::size_t kDepthLimit = 64;

// Values in one text. Each costs up to 112 bytes of memory, and as little as two bytes of text. A call of ten hours has
// some 40,000.
constexpr std::size_t kValueLimit = 200'000;

struct JsonReport {
  bool valid = false;
  bool too_deep = false;   // something was dropped, see kDepthLimit
  bool too_many = false;   // there are more than kValueLimit values; only the outline was read, see read_outline
  std::string error = {};  // what and where, without any of the text itself
};

// Reads one JSON text, with or without a byte order mark. Of equal keys the last one wins. Numbers that 64 bit
// integers cannot hold are kept as written, see number_text. What is not valid UTF-8, half a surrogate pair
// and U+0000 become U+FFFD. Numbers beyond double (1e999) become their text. Anything behind the value is an error.
JsonReport parse_json(std::string_view text, nlohmann::json& value);

// A number as it was written; "" if `value` is no number.
std::string number_text(const nlohmann::json& value);

// The JSON text of a value, without spaces; members are in the order of their keys, numbers as they were written.
std::string to_json_text(const nlohmann::json& value);

}  // namespace callarchive::ingest
