#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Reads the parts of written instants. Shared by time_text.cpp and sent_time.cpp.

namespace callarchive {

// Microseconds. As an instant: since 1970, UTC.
using Micros = std::int64_t;

constexpr Micros kSecond = 1'000'000;
constexpr Micros kMinute = 60 * kSecond;
constexpr Micros kHour = 60 * kMinute;
constexpr Micros kDay = 24 * kHour;

// Reads a text from the front. Each function that fails reads nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }

  // One character of a set.
  bool take(std::string_view any_of);
  // This text.
  bool take_text(std::string_view text);
  void skip_blanks();
  // Exactly `count` digits, whose value is at most `greatest`.
  std::optional<int> digits(std::size_t count, int greatest = 9999);
  // The letters A to Z at the front, which may be none.
  std::string_view letters();

 private:
  std::string_view rest_;
};

// The microseconds of ".1234567"; 0 if there is no fraction. Digits beyond the sixth are dropped.
std::optional<Micros> take_fraction(Scanner& scanner);

// The time since midnight of "10:30", "10:30:00", "10:30:00.123". The second 60 is a leap second, and the same as 0 of
// the next minute; 24:00:00 is the midnight that ends the day.
std::optional<Micros> take_time_of_day(Scanner& scanner);

// How far local time is ahead of UTC, from "+02:00", "+0200" or "+02".
std::optional<Micros> take_offset(Scanner& scanner);

// Midnight UTC of a day; absent if the day does not exist.
std::optional<Micros> midnight(int year, int month, int day);

}  // namespace callarchive
