#pragma once

#include "storage/records.h"

#include <gtest/gtest.h>

// Lists from page to page.

namespace callarchive::test {

// What names a row of any list.
template <typename Row>
const string& id_of(const Row& row) {
  return row.id;
}
inline const string& id_of(const Number& row) { return row.number; }
inline const string& id_of(const TimelineItem& row) { return row.call ? row.call->id : row.message->id; }
inline const string& id_of(const SearchHit& hit) {
  return hit.call ? hit.call->id : hit.message ? hit.message->id : hit.contact->id;
}

// As page_behind of storage/records.h.
inline optional<SearchPage> page_behind(const SearchHits& hits, const SearchPage& page) {
  if (!hits.has_more) return {};
  return SearchPage{page.limit, hits.last};
}

// All ids of a list, page after page.
template <typename AnyPage = Page, typename Find>
vector<string> walk(const Find& find, std::int64_t limit) {
  vector<string> ids;
  for (optional<AnyPage> page = AnyPage{.limit = limit}; page;) {
    const auto slice = find(*page);
    for (const auto& row : slice.rows) ids.push_back(id_of(row));
    EXPECT_LE(slice.rows.size(), static_cast<std::size_t>(limit));
    page = page_behind(slice, *page);
  }
  return ids;
}

}  // namespace callarchive::test
