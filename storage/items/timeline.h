#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

// Who took part in an item. Keeps the counts and the first and last instants of the numbers with it.
// Adding twice is adding once.
void add_to_timeline(Connection& connection, std::int64_t number_id, ItemKey item);
void remove_from_timeline(Connection& connection, std::int64_t number_id, ItemKey item);

}  // namespace callarchive::storage
