#include "server/text/time_text.h"

#include <date/date.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace callarchive {
namespace {

std::optional<Micros> take_day(Scanner& scanner, Years years) {
  const auto year = scanner.digits(4);
  if (!year || !scanner.take("-")) return std::nullopt;
  const auto month = scanner.digits(2);
  if (!month || !scanner.take("-")) return std::nullopt;
  const auto day = scanner.digits(2);
  if (!day || *year < years.first || *year > years.last) return std::nullopt;
  return midnight(*year, *month, *day);
}

}  // namespace

std::optional<Millis> parse_instant(std::string_view text, Years years) {
  Scanner scanner(text);
  const auto day = take_day(scanner, years);
  if (!day || !scanner.take("Tt ")) return std::nullopt;
  const auto time = take_time_of_day(scanner);
  if (!time) return std::nullopt;
  const bool is_utc = scanner.at_end() || scanner.take("Zz");
  const auto offset = is_utc ? std::optional<Micros>(0) : take_offset(scanner);
  if (!offset || !scanner.at_end()) return std::nullopt;
  return to_millis(*day + *time - *offset);
}

Millis to_millis(Micros instant) {
  return date::floor<std::chrono::milliseconds>(std::chrono::microseconds(instant)).count();
}

std::string format_instant(Millis instant) {
  const date::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(instant)};
  const auto day = date::floor<date::days>(point);
  const date::year_month_day ymd(day);
  const date::hh_mm_ss<std::chrono::milliseconds> time(point - day);
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(ymd.year()),
                    static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace callarchive
