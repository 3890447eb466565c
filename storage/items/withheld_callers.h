#pragma once

#include <string_view>

namespace callarchive::storage {

// Whether the text is a word of a network, exchange or handset for a caller who withholds the number. `folded` as
// plain_text() and folded_case() make it.
bool is_withheld(std::string_view folded);

// Whether it is a word for a number that nobody knows or could pass on, which is not the caller's wish.
bool is_unavailable(std::string_view folded);

}  // namespace callarchive::storage
