#pragma once

#include "storage/backfill.h"

// Every statement about the windows and runs of backfill.

namespace callarchive::storage {

class Connection;

// Inside a transaction of the writer. Returns the id of a run, 0 for a window.
std::int64_t apply(Connection& connection, const BackfillChange& change);

optional<BackfillWindow> find_window(Connection& connection, const BackfillWindow& like);
BackfillState find_backfill_state(Connection& connection);
// Calls, messages and contacts of which only rows with origin backfill speak.
std::int64_t count_only_by_backfill(Connection& connection);
// Whether the same bytes came by backfill before.
bool has_backfilled(Connection& connection, const string& body);

// Takes both tables over into another file.
void copy_backfill(Connection& from, Connection& to);

}  // namespace callarchive::storage
