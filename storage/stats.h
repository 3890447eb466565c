#pragma once

#include "storage/records.h"

#include <stdexcept>

// Counts of calls and messages and the duration of calls, by buckets of local time and by a property.

namespace callarchive {

// No such zone in the IANA time zone database. what() names it.
struct UnknownTimeZone : std::runtime_error {
  explicit UnknownTimeZone(const string& zone) : std::runtime_error("unknown time zone '" + zone + "'") {}
};

enum class StatsBucket { hour, day, week, month };  // a week begins on Monday (ISO 8601)
enum class StatsGroup { direction, result, tag, user, number };

// How to count the calls and messages that pass the filter.
struct StatsQuery : ItemFilter {
  optional<StatsBucket> per = {};  // absent: not by time
  optional<StatsGroup> by = {};    // absent: not by a property
  string time_zone = "UTC";        // IANA name; decides where buckets begin
  bool calls = true;
  bool messages = true;
  std::int64_t limit = 10000;  // rows
};

struct StatsRow {
  // The whole bucket, even if since or until cut it; `to` is exclusive. Absent without `per`. `label` is its local
  // name: 2024-03-31T01:00+01:00, 2024-03-31, 2024-W13, 2024-03.
  optional<Millis> from = {};
  optional<Millis> to = {};
  optional<string> label = {};
  // The direction, result, tag, e-mail of the user, or canonical number. Absent without `by`, and for calls
  // and messages that have none.
  optional<string> value = {};
  std::int64_t calls = 0;
  std::int64_t messages = 0;
  std::int64_t seconds = 0;  // sum of duration_seconds
  double minutes = 0;        // sum of length_in_minutes
  bool operator==(const StatsRow&) const = default;
};

// Rows that count nothing are left out. Rows are ordered by time, then by calls + messages, largest first, then by
// value. By tag and by number one call may count in several rows; in the total it counts once.
struct Stats {
  vector<StatsRow> rows = {};
  StatsRow total = {};
  bool has_more = false;  // there were more rows than the limit; they are in the total
};

}  // namespace callarchive
