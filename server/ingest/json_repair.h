#pragma once

#include <string>
#include <string_view>

namespace callarchive::ingest {

// A copy of a JSON text in which each byte that is not UTF-8 is replaced by U+FFFD, each escape that is half a
// surrogate pair by \ufffd, and each number too large for a double by a string. Nothing else is changed, so text that
// is broken in another way remains broken.
std::string repair_json(std::string_view text);

}  // namespace callarchive::ingest
