#pragma once

#include "storage/records.h"

namespace callarchive {

// A delivery that arrived later than now by more than this shows that a clock was or is wrong: in the log at the start,
// in the metric, and for doctor.
constexpr Millis kClockTolerance = 60'000;

}  // namespace callarchive
