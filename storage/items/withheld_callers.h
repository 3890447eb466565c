#pragma once

#include <string_view>

namespace callarchive::storage {

// Whether the text is what a network, exchange or handset shows for a caller who withholds the number. `folded` as
// plain_text() and folded_case() make it.
bool is_withheld(std::string_view folded);

// Whether it is what they show for a number that is not known or could not be transmitted.
bool is_unavailable(std::string_view folded);

}  // namespace callarchive::storage
