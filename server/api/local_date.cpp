#include "server/api/local_date.h"

#include "server/text/time_text.h"

#include <date/tz.h>

#include <chrono>
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
  if (!date.ok() || *year < kYearsOfQuestions.first || *year > kYearsOfQuestions.last) return {};
  return date::local_days(date);
}

}  // namespace

bool is_time_zone(std::string_view name) { return find_zone(name) != nullptr; }

optional<Millis> start_of_day(std::string_view date, std::string_view zone) {
  const auto day = parse_date(date);
  const auto* where = find_zone(zone);
  if (!day || !where) return {};
  const auto start = where->to_sys(*day, date::choose::earliest);
  return std::chrono::duration_cast<std::chrono::milliseconds>(start.time_since_epoch()).count();
}

}  // namespace callarchive::api
