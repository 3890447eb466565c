#pragma once

#include "storage/event.h"

// Events of calls that have not ended, and the call that each belongs to. That depends only on what is in the tables:
// of the calls with the same direction and other party (and the same line and user, where both have them), it is the
// one that started nearest, at most ten minutes away; of two equally near ones, that with the smaller key.

namespace callarchive::storage {

class Connection;
class ReferenceRows;

constexpr Millis kRingingWindow = 10 * 60 * 1000;

// Inserts an event, and joins it to its call if that is known.
void insert_ringing(Connection& connection, ReferenceRows& rows, std::int64_t delivery, const CallRinging& ringing,
                    Millis event_time);

// Whether there was such an event.
bool erase_ringing(Connection& connection, std::int64_t delivery);

// Decides again for the events that a call may be the end of which has come or gone: those around its start whose other
// party is its caller or its called one.
void join_ringing_near(Connection& connection, Millis at, optional<std::int64_t> from_id, optional<std::int64_t> to_id);

}  // namespace callarchive::storage
