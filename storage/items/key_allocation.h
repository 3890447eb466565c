#pragma once

#include "storage/items/item_key.h"

// Finding keys for calls and messages, which share one key space.

namespace callarchive::storage {

class Connection;
class SearchIndex;

// Whether this instant has so many calls, or messages, that no more are accepted: at most half of its slots are used,
// so that free ones are found quickly.
bool is_crowded(Connection& connection, ItemKind kind, Millis at);

// Finds the key for an item of this instant, and moves other items if necessary, so that the keys of a millisecond do
// not depend on which item arrived first: an ordered hash table with linear probing (Amble and Knuth, 1974), ordered by
// the comparable id. The caller inserts the row under the returned key. Must not be called for a crowded instant.
ItemKey allocate_key(Connection& connection, SearchIndex& index, ItemKind kind, Millis at, const string& comparable);

// Must be called after the row with this key was deleted: closes the gap that it leaves.
void release_key(Connection& connection, SearchIndex& index, ItemKey item);

}  // namespace callarchive::storage
