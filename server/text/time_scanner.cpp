#include "server/text/time_scanner.h"

#include "storage/text/ascii.h"

#include <date/date.h>

#include <algorithm>
#include <chrono>

namespace callarchive {

bool Scanner::take(std::string_view any_of) {
  if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
  rest_.remove_prefix(1);
  return true;
}

bool Scanner::take_text(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

void Scanner::skip_blanks() {
  while (take(" ")) {}
}

std::optional<int> Scanner::digits(std::size_t count, int greatest) {
  if (rest_.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : rest_.substr(0, count)) {
    if (!ascii::is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  rest_.remove_prefix(count);
  return value <= greatest ? std::optional(value) : std::nullopt;
}

std::string_view Scanner::letters() {
  const auto end = std::find_if_not(rest_.begin(), rest_.end(), ascii::is_upper);
  const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  rest_.remove_prefix(found.size());
  return found;
}

std::optional<Micros> take_fraction(Scanner& scanner) {
  if (!scanner.take(".,")) return 0;
  Micros value = 0;
  int count = 0;
  for (; const auto digit = scanner.digits(1); ++count) {
    if (count < 6) value = value * 10 + *digit;
  }
  if (count == 0) return std::nullopt;
  for (; count < 6; ++count) value *= 10;
  return value;
}

std::optional<Micros> take_time_of_day(Scanner& scanner) {
  const auto hour = scanner.digits(2, 24);
  if (!hour || !scanner.take(":")) return std::nullopt;
  const auto minute = scanner.digits(2, 59);
  if (!minute) return std::nullopt;
  Micros value = *hour * kHour + *minute * kMinute;
  if (scanner.take(":")) {
    const auto second = scanner.digits(2, 60);
    const auto fraction = take_fraction(scanner);
    if (!second || !fraction) return std::nullopt;
    value += *second * kSecond + *fraction;
  }
  return *hour < 24 || value == kDay ? std::optional(value) : std::nullopt;
}

std::optional<Micros> take_offset(Scanner& scanner) {
  const bool ahead = scanner.take("+");
  if (!ahead && !scanner.take("-")) return std::nullopt;
  const auto hours = scanner.digits(2, 23);
  if (!hours) return std::nullopt;
  Micros offset = *hours * kHour;
  const bool has_colon = scanner.take(":");
  const bool has_minutes = !scanner.at_end() && ascii::is_digit(scanner.rest().front());
  if (has_colon || has_minutes) {
    const auto minutes = scanner.digits(2, 59);
    if (!minutes) return std::nullopt;
    offset += *minutes * kMinute;
  }
  return ahead ? offset : -offset;
}

std::optional<Micros> midnight(int year, int month, int day) {
  const auto found = date::year{year} / month / day;
  if (!found.ok()) return std::nullopt;
  return std::chrono::microseconds(date::sys_days{found}.time_since_epoch()).count();
}

}  // namespace callarchive
