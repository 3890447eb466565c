#pragma once

#include "server/vendor/api.h"

#include <functional>
#include <set>

namespace callarchive::vendor {

// How far the vendor's list of one line and kind goes.
struct Extent {
  std::int64_t total = 0;
  optional<std::int64_t> oldest_day = {};
};
// One request.
Extent find_extent(Api& api, Search search);

// The days from `first` to `last` in calendar months.
vector<Search> months_of(const Search& search, std::int64_t first, std::int64_t last);
// A search over more than one day in two, the earlier days first.
std::pair<Search, Search> halves_of(const Search& search);
bool can_be_halved(const Search& search);
// Whether the vendor refuses so many days in one search.
bool is_too_wide(const VendorError& error);

struct Walked {
  std::set<string> ids = {};  // as comparable_id() spells them
  std::int64_t total = 0;     // as counted again after the last page
  bool is_settled = false;    // nothing came or went while the pages were read
  std::int64_t hidden() const { return total - static_cast<std::int64_t>(ids.size()); }
};
// Reads all pages of a search, and again when the list changed meanwhile. `take` is given each item as often as it was
// read, and the moment before its page was asked for.
Walked walk_pages(Api& api, const Search& search, const std::function<Millis()>& now,
                  const std::function<void(vector<string> items, Millis asked_at)>& take);

}  // namespace callarchive::vendor
