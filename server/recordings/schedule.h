#pragma once

#include "storage/recordings.h"

#include <chrono>

namespace callarchive::recordings {

// What a try that failed is worth, and when the next one is due: after 1, 5 and 30 minutes, 2, 8 and 24 hours, and then
// each day. What was refused or not there on three different days is given up, and so is what has failed otherwise for
// a week. `chance` is of [0, 1): it moves the time by up to a tenth either way, so that many do not come back at once.
TryFailed after_failure(const DueRecording& tried, RecordingState state, string reason,
                        optional<std::chrono::seconds> retry_after, Millis now, double chance);

}  // namespace callarchive::recordings
