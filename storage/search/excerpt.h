#pragma once

#include "storage/records.h"

#include <string_view>

// Excerpts of texts that matched.

namespace callarchive::storage {

struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Sorts the ranges, and joins those that overlap or touch.
void merge_ranges(vector<ByteRange>& ranges);

// About 200 characters around the first of the ranges, cut between words; a short text is returned whole. The excerpt's
// ranges are in Unicode code points. `ranges` as merge_ranges leaves them; those outside the excerpt are left out.
Excerpt make_excerpt(std::string_view text, const vector<ByteRange>& ranges);

}  // namespace callarchive::storage
