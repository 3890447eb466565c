#include "server/text/time_text.h"

#include <date/date.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace callarchive {
namespace {

// Takes pieces off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  // One character out of a set.
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  // The same, at most `greatest`.
  std::optional<int> digits(std::size_t count, int greatest) {
    const auto value = digits(count);
    return value && *value <= greatest ? value : std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::optional<date::sys_days> take_day(Scanner& scanner, Years years) {
  const auto year = scanner.digits(4);
  if (!year || !scanner.take("-")) return std::nullopt;
  const auto month = scanner.digits(2);
  if (!month || !scanner.take("-")) return std::nullopt;
  const auto day = scanner.digits(2);
  if (!day || *year < years.first || *year > years.last) return std::nullopt;
  const auto found = date::year{*year} / *month / *day;
  if (!found.ok()) return std::nullopt;
  return date::sys_days{found};
}

// Milliseconds of ".123456"; 0 when there is no fraction.
std::optional<Millis> take_fraction(Scanner& scanner) {
  if (!scanner.take(".,")) return 0;
  Millis value = 0;
  int count = 0;
  while (const auto digit = scanner.digits(1)) {
    if (++count > 9) return std::nullopt;
    if (count <= 3) value = value * 10 + *digit;
  }
  if (count == 0) return std::nullopt;
  for (; count < 3; ++count) value *= 10;
  return value;
}

std::optional<Millis> take_time_of_day(Scanner& scanner) {
  const auto hour = scanner.digits(2, 23);
  if (!hour || !scanner.take(":")) return std::nullopt;
  const auto minute = scanner.digits(2, 59);
  if (!minute) return std::nullopt;
  Millis value = (*hour * 60 + *minute) * 60'000;
  if (!scanner.take(":")) return value;
  const auto second = scanner.digits(2, 60);  // 60 is a leap second, and the same as 0 of the next minute
  const auto fraction = take_fraction(scanner);
  if (!second || !fraction) return std::nullopt;
  return value + *second * 1000 + *fraction;
}

// Milliseconds that local time is ahead of UTC.
std::optional<Millis> take_zone(Scanner& scanner) {
  if (scanner.at_end() || scanner.take("Zz")) return 0;
  const bool ahead = scanner.take("+");
  if (!ahead && !scanner.take("-")) return std::nullopt;
  const auto hours = scanner.digits(2, 23);
  if (!hours) return std::nullopt;
  int minutes = 0;
  if (!scanner.at_end()) {
    scanner.take(":");
    const auto given = scanner.digits(2, 59);
    if (!given) return std::nullopt;
    minutes = *given;
  }
  const Millis offset = (*hours * 60 + minutes) * 60'000;
  return ahead ? offset : -offset;
}

}  // namespace

std::optional<Millis> parse_instant(std::string_view text, Years years) {
  Scanner scanner(text);
  const auto day = take_day(scanner, years);
  if (!day || !scanner.take("Tt ")) return std::nullopt;
  const auto time = take_time_of_day(scanner);
  if (!time) return std::nullopt;
  const auto offset = take_zone(scanner);
  if (!offset || !scanner.at_end()) return std::nullopt;
  return std::chrono::milliseconds(day->time_since_epoch()).count() + *time - *offset;
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
