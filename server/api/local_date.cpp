#include "server/api/local_date.h"

#include "server/text/time_text.h"

#include <date/tz.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace callarchive::api {
namespace {

// The names of zones begin with a capital. What else lies in the folder of the database does not, and would be read as
// one: localtime, posixrules, right/UTC.
const date::time_zone* find_zone(std::string_view name) {
  if (name.empty() || name.front() < 'A' || name.front() > 'Z') return nullptr;
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

// Exactly `width` digits at `begin`.
optional<int> digits(std::string_view text, std::size_t begin, std::size_t width) {
  int number = 0;
  for (const char c : text.substr(begin, width)) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + (c - '0');
  }
  return number;
}

optional<date::local_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day) return {};
  const date::year_month_day date(date::year(*year), date::month(static_cast<unsigned>(*month)),
                                  date::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *year < kYearsOfQueries.first || *year > kYearsOfQueries.last) return {};
  return date::local_days(date);
}

}  // namespace

bool is_time_zone(std::string_view name) { return find_zone(name) != nullptr; }

bool has_time_zones() {
  try {
    return !date::get_tzdb().zones.empty();
  } catch (const std::runtime_error&) {
    return false;
  }
}

optional<Millis> start_of_day(std::string_view date, std::string_view zone) {
  const auto day = parse_date(date);
  const auto* where = find_zone(zone);
  if (!day || !where) return {};
  const auto start = where->to_sys(*day, date::choose::earliest);
  return std::chrono::duration_cast<std::chrono::milliseconds>(start.time_since_epoch()).count();
}

string local_instant(Millis at, const string& zone) {
  if (zone == "UTC") return format_instant(at);
  const date::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(at)};
  const auto offset = date::locate_zone(zone)->get_info(time).offset;
  if (offset != date::floor<std::chrono::minutes>(offset)) return format_instant(at);
  string text = format_instant(at + std::chrono::milliseconds(offset).count());
  text.pop_back();  // the Z
  const auto minutes = std::abs(std::chrono::duration_cast<std::chrono::minutes>(offset).count());
  char suffix[16];
  std::snprintf(suffix, sizeof suffix, "%c%02d:%02d", offset.count() < 0 ? '-' : '+', static_cast<int>(minutes / 60),
                static_cast<int>(minutes % 60));
  return text + suffix;
}

string local_second(Millis at, const string& zone) {
  const date::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(at)};
  return date::format("%Y-%m-%d %H:%M:%S", date::make_zoned(zone, date::floor<std::chrono::seconds>(time)));
}

}  // namespace callarchive::api
