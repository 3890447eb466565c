#pragma once

#include <string>
#include <string_view>

namespace callarchive::ingest {

// A copy of a JSON text in which each byte that is not UTF-8 is U+FFFD, each escape that is half a surrogate pair
// is \ufffd, and each number too big for a double is a string. Nothing else is changed, so text that was broken in
// any other way still is.
std::string repair_json(std::string_view text);

}  // namespace callarchive::ingest
