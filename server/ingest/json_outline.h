#pragma once

#include "server/ingest/json_text.h"

#include <string>
#include <string_view>

namespace callarchive::ingest {

// Reads from a JSON text only what identifies an envelope: the topic, event, version and timestamp of the outermost
// object as they are, and its data, body and call as objects without members. Needs no memory for the rest, however
// long it is.
JsonReport read_outline(std::string_view text, nlohmann::json& value);

// The library's message, such as "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error … -
// invalid literal; last read: '…'", without the library's name and without the text that was read, which is private.
std::string json_error_text(std::string_view message);

}  // namespace callarchive::ingest
