#pragma once

#include "storage/items/item_key.h"

// Places in the key space that calls and messages share.

namespace callarchive::storage {

class Connection;
class SearchIndex;

// Whether so many calls, or messages, stand at this instant that no more are taken in: the table of a millisecond is
// kept at most half full, so that places are found quickly.
bool is_crowded(Connection& connection, ItemKind kind, Millis at);

// Finds the key for an item that happened at this instant and moves others aside where they must go, so that the
// keys of a millisecond do not depend on who arrived first: an ordered hash table with linear probing
// (Amble and Knuth, 1974), ordered by the comparable id. The caller inserts the row under the returned key.
// Not for an instant that is crowded.
ItemKey allocate_key(Connection& connection, SearchIndex& index, ItemKind kind, Millis at, const string& comparable);

// To be called when the row with this key is gone: closes the gap that it leaves.
void release_key(Connection& connection, SearchIndex& index, ItemKey item);

}  // namespace callarchive::storage
