#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace callarchive::ingest {

// An id for what was sent without one: the prefix and the first 32 hex digits of the SHA-256 of the parts, which must
// identify it. Equal parts must always give the same id, because stored bodies are decoded again.
std::string derive_id(std::string_view prefix, std::initializer_list<std::optional<std::string>> parts);

// A telephone number as a part: its canonical text as far as that does not depend on the archive's region, so that
// +33612345678 and 0033612345678 are equal. Nothing for blank text.
std::optional<std::string> number_part(const std::optional<std::string>& number);

}  // namespace callarchive::ingest
