#pragma once

#include "storage/event.h"

// Events of calls that have not ended, and which call each of them belongs to. The answer depends on what is in
// the tables alone: of the calls with the same direction and other party (and the same user, where both
// name one), the one that started nearest, at most ten minutes away; of two as near, the earlier key.

namespace callarchive::storage {

class Connection;
class ReferenceRows;

constexpr Millis kRingingWindow = 10 * 60 * 1000;

void insert_ringing(Connection& connection, ReferenceRows& rows, std::int64_t delivery, const CallRinging& ringing,
                    Millis event_time);

// Decides again for the events that a call may be the end of which has come or gone: those around its start whose other
// party is its caller or its called one.
void join_ringing_near(Connection& connection, Millis at, optional<std::int64_t> from_id, optional<std::int64_t> to_id);

}  // namespace callarchive::storage
