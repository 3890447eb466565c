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
  std::int64_t before = 0;    // the total as counted with the first page
  std::int64_t total = 0;     // as counted again after the last page
  bool is_settled = false;    // nothing came or went while the pages were read
  bool is_whole = true;       // all pages were read
  // What is counted and not shown; less than 0 if more was shown.
  std::int64_t hidden() const { return is_whole ? total - static_cast<std::int64_t>(ids.size()) : 0; }
};
// Sentences about a walk: for one that is not settled, and for one with something hidden, of which `counted` says what.
string changed_text(const string& list);
string hidden_text(const Walked& walked, const string& counted);

// Reads all pages of a search, and again when the list changed meanwhile. `take` is given each item as often as it was
// read, and the moment before its page was asked for.
Walked walk_pages(Api& api, const Search& search, const std::function<Millis()>& now,
                  const std::function<void(vector<string> items, Millis asked_at)>& take);

// The same for the contacts, of which each page says how many there are. The pages that follow are not read if `take`
// returns false, unless the list changed while it was read.
using TakePeople = std::function<bool(vector<string> people, Millis asked_at, std::int64_t total)>;
Walked walk_people(Api& api, const std::function<Millis()>& now, const TakePeople& take);

}  // namespace callarchive::vendor
