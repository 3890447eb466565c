#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

// Adds or removes a number that took part in an item, and updates the number's counts and its first and last instants.
// Adding it twice has no further effect.
void add_to_timeline(Connection& connection, std::int64_t number_id, ItemKey item);
void remove_from_timeline(Connection& connection, std::int64_t number_id, ItemKey item);

}  // namespace callarchive::storage
