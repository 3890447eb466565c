#pragma once

#include "storage/records.h"

#include <algorithm>

// How a later delivery changes what is known.

namespace callarchive::storage {

// A missing field never clears a known value.
template <typename T>
void fill(optional<T>& known, const optional<T>& said) {
  if (said) known = said;
}

// A list replaces a list; an empty one counts as not sent.
template <typename T>
void fill(vector<T>& known, const vector<T>& said) {
  if (!said.empty()) known = said;
}

inline void sort_members(vector<JsonMember>& members) {
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
}

}  // namespace callarchive::storage
