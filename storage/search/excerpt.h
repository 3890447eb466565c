#pragma once

#include "storage/records.h"

#include <string_view>

// What is shown of a text that matched.

namespace callarchive::storage {

struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Joins ranges that overlap or touch. In: any order; out: in order.
void merge_ranges(vector<ByteRange>& ranges);

// Text around the first of the ranges, about 200 characters of it, cut between words; all of it when it is short. Its
// ranges are counted in Unicode code points. `ranges` as merge_ranges leaves them; those outside of the excerpt are
// left out.
Excerpt make_excerpt(std::string_view text, const vector<ByteRange>& ranges);

}  // namespace callarchive::storage
