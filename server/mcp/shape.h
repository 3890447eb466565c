#pragma once

#include "server/mcp/message.h"

#include <cstddef>
#include <functional>
#include <string>

// Answers of the API made fit for a model: small, and so that what strangers said cannot pass for anything else.

namespace callarchive::mcp {

// A record of the API as tools return it: without null, empty lists and the links of recordings, which are secrets.
// What strangers chose is in values, not in names ("data_collected" is a list of keys and values). Control characters
// and those that change the direction of text are replaced.
Json cleaned(const Json& record);

// The record with its texts cut to so many characters and its lists to so many elements; what was cut ends with "…".
Json shortened(const Json& record, std::size_t most);

// The record so short that `fits` says yes.
Json shortened_until(const Json& record, const std::function<bool(const Json&)>& fits);

// A text cut to so many bytes, at the end of a character. Whether anything was cut off.
bool cut_text(std::string& text, std::size_t most);

// Sixteen hex digits that nobody can know before: the mark around data in one answer.
std::string make_marker();

// The result of a tool: the answer as it is, and as text, for clients that read nothing else. `text` is that text.
Json tool_result(const Json& answer, const std::string& text);
// The same with the JSON of the answer between two marks.
Json fenced_result(const Json& answer, const std::string& marker);
// A result that says what is wrong.
Json failed_result(const std::string& sentence);

// The text between two marks, to be put into the text of an answer that must be JSON itself.
std::string fenced_text(const std::string& text, const std::string& marker);

std::string to_text(const Json& json);

}  // namespace callarchive::mcp
