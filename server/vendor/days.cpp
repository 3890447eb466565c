#include "server/vendor/days.h"

#include <chrono>
#include <cstdio>

namespace callarchive::vendor {
namespace {

std::chrono::year_month_day date_of(std::int64_t day) {
  return std::chrono::sys_days(std::chrono::days(static_cast<int>(day)));
}

}  // namespace

std::string day_text(std::int64_t day) {
  const auto date = date_of(day);
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::string month_text(std::int64_t day) {
  const auto text = day_text(day);
  return text.substr(0, text.rfind('-'));
}

std::int64_t first_of_month(std::int64_t day) { return day - static_cast<unsigned>(date_of(day).day()) + 1; }

std::int64_t last_of_month(std::int64_t day) {
  return first_of_month(first_of_month(day) + 31) -
         1;  // no month is longer, and the next one is not shorter than three days
}

}  // namespace callarchive::vendor
