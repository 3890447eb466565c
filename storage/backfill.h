#pragma once

#include "storage/records.h"

#include <variant>

// What the archive's file knows of the vendor's side: which stretches of time were compared, and when.
// Days are whole days of UTC since 1970.

namespace callarchive {

// One line, one kind, and the days from the first to the last, both included.
struct BackfillWindow {
  string line = {};
  string kind = {};  // CALL, SMS
  std::int64_t first_day = 0;
  std::int64_t last_day = 0;
  std::int64_t vendor_count = 0;  // when all of it was here
  std::int64_t archive_count = 0;
  Millis checked_at = 0;
};

struct BackfillRun {
  std::int64_t id = 0;                    // 0: not in the file yet
  string kind = "backfill";               // or reconcile
  optional<std::int64_t> since_day = {};  // absent: from the vendor's first item on
  Millis begun_at = 0;
  optional<Millis> ended_at = {};  // absent: interrupted, or not ended yet
  std::int64_t requests = 0;
  std::int64_t windows = 0;  // stretches of days to be compared; 0: not known yet
  std::int64_t windows_done = 0;
  std::int64_t items = 0;    // that the vendor showed
  std::int64_t stored = 0;   // of them, those that said something new
  std::int64_t missing = 0;  // of these, those of which the archive knew nothing
  optional<string> error = {};
  optional<Millis> complete_until = {};
  optional<std::int64_t> only_by_backfill = {};
};

struct BackfillState {
  optional<Millis> complete_until = {};          // of the newest run that says so
  optional<std::int64_t> only_by_backfill = {};  // likewise
  optional<BackfillRun> last_run = {};
};

// Writes the window, or the run: a new one if its id is 0.
using BackfillChange = std::variant<BackfillWindow, BackfillRun>;

}  // namespace callarchive
