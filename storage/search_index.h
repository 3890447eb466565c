#pragma once

#include "storage/records.h"

// Keeps the full-text index in step with the tables, inside the same transaction. The index holds no text of
// its own: a document must be taken out before its rows change and put in after.

namespace callarchive::storage {

class Connection;

void index_item(Connection& connection, ItemKey item);
void unindex_item(Connection& connection, ItemKey item);
void index_contact(Connection& connection, std::int64_t key);
void unindex_contact(Connection& connection, std::int64_t key);

// The index grows in pieces, and each word is looked up in every one of them. Does a part of merging them, about a megabyte
// of writing, in a transaction of its own. Returns whether there was anything to do.
bool merge_search(Connection& connection);

}  // namespace callarchive::storage
