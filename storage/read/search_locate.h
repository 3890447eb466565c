#pragma once

#include "storage/read/search_match.h"

#include <map>

namespace callarchive::storage {

class Connection;

// What matched in a hit, as SearchHit has it.
struct Located {
  vector<EntryMatch> entries = {};
  vector<FieldMatch> fields = {};
};

// For rows of the index that match: which of their fields and entries match, and where. `apart` says that there may be
// many other hits between the items, which would take long to skip.
std::map<ItemKey, Located> locate_in_items(Connection& connection, const Match& match, const vector<ItemKey>& items,
                                           bool apart);
std::map<std::int64_t, Located> locate_in_contacts(Connection& connection, const Match& match,
                                                   const vector<std::int64_t>& keys);

}  // namespace callarchive::storage
