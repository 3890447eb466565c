#include "storage/read/stats_buckets.h"

#include <date/tz.h>

#include <algorithm>

namespace callarchive::storage {
namespace {

using std::chrono::milliseconds;
using Instant = date::sys_time<milliseconds>;

const date::time_zone* require_zone(const string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    throw UnknownTimeZone(name);
  }
}

Millis millis(Instant instant) { return instant.time_since_epoch().count(); }

// The first instant of a local day; where the clock jumps over its midnight, the instant of the jump.
Millis begin_of(const date::time_zone& zone, date::local_days day) {
  return millis(zone.to_sys(date::local_time<milliseconds>(day), date::choose::earliest));
}

// The first day of the day's bucket, and of the one that follows.
struct Days {
  date::local_days from, to;
};

Days days_of(StatsBucket per, date::local_days day) {
  switch (per) {
    case StatsBucket::week: {
      const auto monday = day - (date::weekday(day) - date::Monday);
      return {monday, monday + date::weeks(1)};
    }
    case StatsBucket::month: {
      const date::year_month_day date(day);
      const auto month = date.year() / date.month();
      return {date::local_days(month / 1), date::local_days((month + date::months(1)) / 1)};
    }
    default: return {day, day + date::days(1)};
  }
}

string label_of(StatsBucket per, date::local_days first) {
  switch (per) {
    case StatsBucket::week: return date::format("%G-W%V", first);
    case StatsBucket::month: return date::format("%Y-%m", first);
    default: return date::format("%F", first);
  }
}

Bucket hour_at(const date::time_zone& zone, Instant instant) {
  const auto info = zone.get_info(instant);
  const auto local = instant.time_since_epoch() + info.offset;
  const auto hour = std::chrono::floor<std::chrono::hours>(local);
  const Instant from(hour - info.offset), to = from + std::chrono::hours(1);
  // Where the clock changes within an hour, each part is a bucket.
  Bucket bucket;
  bucket.from = std::max(millis(from), millis(std::chrono::time_point_cast<milliseconds>(info.begin)));
  bucket.to = std::min(millis(to), millis(std::chrono::time_point_cast<milliseconds>(info.end)));
  const auto minute = std::chrono::floor<std::chrono::minutes>(Instant(milliseconds(bucket.from)));
  bucket.label = date::format("%FT%H:%M%Ez", date::make_zoned(&zone, minute));
  return bucket;
}

}  // namespace

struct Buckets::Zone {
  const date::time_zone* zone;
};

Buckets::Buckets(StatsBucket per, const string& time_zone)
    : per_(per), zone_(std::make_unique<Zone>(Zone{require_zone(time_zone)})) {}

Buckets::~Buckets() = default;

Bucket Buckets::at(Millis at) const {
  const auto& zone = *zone_->zone;
  const Instant instant{milliseconds(at)};
  if (per_ == StatsBucket::hour) return hour_at(zone, instant);
  auto days = days_of(per_, std::chrono::floor<date::days>(zone.to_local(instant)));
  // Where the clock goes back over midnight, the old day comes a second time after the new one has begun.
  if (begin_of(zone, days.to) <= at) days = days_of(per_, days.to);
  return {begin_of(zone, days.from), begin_of(zone, days.to), label_of(per_, days.from)};
}

void check_time_zone(const string& time_zone) { require_zone(time_zone); }

}  // namespace callarchive::storage
