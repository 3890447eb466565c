#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace callarchive::ingest {

// An id for what was sent without one: the prefix and the first 32 hex digits of a SHA-256 over the parts, which
// must tell the thing from every other one. Equal parts give the same id for ever: kept bodies are read again.
std::string derive_id(std::string_view prefix, std::initializer_list<std::optional<std::string>> parts);

// A telephone number as a part: its canonical text as far as that does not depend on the region of an archive, so that
// +33612345678 and 0033612345678 are equal. Nothing for blank text.
std::optional<std::string> number_part(const std::optional<std::string>& number);

}  // namespace callarchive::ingest
