#pragma once

#include "storage/recordings.h"

#include <chrono>

namespace callarchive::recordings {

// What to record about a failed try, and when the next one is due: after 1, 5 and 30 minutes, 2, 8 and 24 hours, then
// once a day. A recording that was refused or missing on three different days is given up, and so is one that has
// failed for another reason for about a week. `chance`, from 0 to less than 1, moves the time by up to a tenth either
// way, so that many tries do not coincide.
TryFailed after_failure(const DueRecording& tried, RecordingState state, string reason,
                        optional<std::chrono::seconds> retry_after, Millis now, double chance);

}  // namespace callarchive::recordings
