#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

// Reads JSON (RFC 8259) from untrusted senders.

namespace callarchive::ingest {

// The deepest level of nested objects and arrays. Deeper ones are dropped, and read as null: copying or printing them
// could overflow the stack.
constexpr std::size_t kDepthLimit = 64;

// The most values in one text. Each takes up to 112 bytes of memory, and as little as two bytes of text. A call of ten
// hours has some 40,000.
constexpr std::size_t kValueLimit = 200'000;

struct JsonReport {
  bool valid = false;
  bool too_deep = false;   // something was dropped, see kDepthLimit
  bool too_many = false;   // there are more than kValueLimit values; only the outline was read, see read_outline
  std::string error = {};  // what is wrong and where, without any of the text itself
};

// Reads one JSON text, with or without a byte order mark. Of equal keys the last one wins. Numbers that do not fit into
// 64-bit integers are stored as written, see number_text. Invalid UTF-8, half a surrogate pair and U+0000 become
// U+FFFD. Numbers too large for a double (1e999) become their text. Anything after the value is an error.
JsonReport parse_json(std::string_view text, nlohmann::json& value);

// A number as it was written; "" if `value` is not a number.
std::string number_text(const nlohmann::json& value);

// The JSON text of a value, without spaces; members are in the order of their keys, numbers as they were written.
std::string to_json_text(const nlohmann::json& value);

}  // namespace callarchive::ingest
