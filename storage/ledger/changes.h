#pragma once

#include "storage/ledger/deliveries.h"

// Writing the change feed (migrations/0016_changes.sql; what happens to recordings is noted there, by triggers).

namespace callarchive::storage {

class Connection;

// Notes that a delivery has changed what it speaks of, unless that is not in the tables yet. In the transaction that
// changed it.
void note_change(Connection& connection, const Object& object, std::int64_t delivery);

// Notes that a message is not in the tables any more.
void note_gone_message(Connection& connection, const string& id, std::int64_t delivery);

// Gives the feed of this file a name of its own, unless it has one.
void prepare_feed(Connection& connection);
// Gives it another one: the file has another history than those who follow it believe.
void begin_new_feed(Connection& connection);

}  // namespace callarchive::storage
