#pragma once

#include "storage/records.h"

#include <algorithm>

// Rules for folding what a later delivery says into what is known.

namespace callarchive::storage {

// A missing field never wipes a known one.
template <typename T>
void fill(optional<T>& known, const optional<T>& said) {
  if (said) known = said;
}

// A list replaces a list; an empty one says nothing.
template <typename T>
void fill(vector<T>& known, const vector<T>& said) {
  if (!said.empty()) known = said;
}

inline void sort_members(vector<JsonMember>& members) {
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
}

}  // namespace callarchive::storage
