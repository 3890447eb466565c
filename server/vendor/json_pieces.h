#pragma once

#include <string_view>
#include <vector>

namespace callarchive::vendor {

// Pieces of a JSON text, byte by byte as they are in it: what is stored of an answer must not be written anew. For
// texts that a parser has found valid.

// The value of a member of an object; empty if there is none or `object` is not an object.
std::string_view member_of(std::string_view object, std::string_view key);
// The elements of an array; none if `array` is not an array.
std::vector<std::string_view> elements_of(std::string_view array);

}  // namespace callarchive::vendor
