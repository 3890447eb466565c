#pragma once

#include "storage/event.h"

// Events of calls that have not ended, and which call each of them belongs to. The answer depends on what is in
// the tables alone: of the calls with the same direction and other party (and the same user, where both
// name one), the one that started nearest, at most ten minutes away; of two as near, the earlier key.

namespace callarchive::storage {

class Connection;
class Directory;

constexpr Millis kRingingWindow = 10 * 60 * 1000;

void insert_ringing(Connection& connection, Directory& directory, std::int64_t delivery, const CallRinging& ringing,
                    Millis event_time);

// Decides again for the events around an instant at which a call has come or gone.
void join_ringing_near(Connection& connection, Millis at);

}  // namespace callarchive::storage
