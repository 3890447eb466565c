#pragma once

#include <sqlite3.h>

#include <cstdint>

// A seal is a digest of all columns of a row of the ledger, so that no bit of it changes unnoticed; the body takes part
// by its sha256. It is the first 16 bytes of the SHA-256 over, for each value in order, a letter for its type (n, i, r,
// t, b), its length in bytes as text, ':' and its bytes (numbers as text).

namespace callarchive::storage {

class Connection;

// Adds the function ledger_seal(…) to the SQL of a connection.
void add_seal_function(sqlite3* db);

// The columns in the order of the seal, and the call that makes it of the row at hand.
constexpr const char* kSealOfRow =
    "ledger_seal(id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id,"
    " sha256, object_id, object_key, repeat_of, outcome, reason, arrived_at, merged_at)";

// Seals a row again. To be called after every change of a row of the ledger.
void seal_delivery(Connection& connection, std::int64_t delivery);

}  // namespace callarchive::storage
