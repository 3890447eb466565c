#include "server/text/sent_time.h"

#include "server/text/time_text.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace callarchive {
namespace {

constexpr std::size_t kLongest = 120;  // bytes; no spelling of an instant is longer

// Blanks of typography and marks that cannot be seen, as clocks of some locales print them around AM and PM, and the
// minus sign of U+2212, which ISO 8601 allows.
constexpr std::pair<std::string_view, char> kLookalikes[] = {
    {"\xC2\xA0", ' '},     {"\xE2\x80\xAF", ' '}, {"\xE2\x80\x89", ' '}, {"\xE2\x80\x8E", ' '},
    {"\xE2\x80\x8F", ' '}, {"\xEF\xBB\xBF", ' '}, {"\xE3\x80\x80", ' '}, {"\xE2\x88\x92", '-'},
};

// Upper case, ASCII blanks, and none of them around it.
std::string normalized(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto* found = std::find_if(std::begin(kLookalikes), std::end(kLookalikes),
                                     [&](const auto& pair) { return text.starts_with(pair.first); });
    char c = found != std::end(kLookalikes) ? found->second : text.front();
    text.remove_prefix(found != std::end(kLookalikes) ? found->first.size() : 1);
    if (c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f') c = ' ';
    plain += ascii::upper(c);
  }
  return std::string(ascii::trim(plain, " "));
}

// Off the end: the zone and calendar of RFC 9557, the comment of RFC 2822. The offset before it decides.
std::string_view without_annotations(std::string_view text) {
  for (;;) {
    const char open = text.ends_with(']') ? '[' : text.ends_with(')') ? '(' : '\0';
    const auto at = open != '\0' ? text.rfind(open) : std::string_view::npos;
    if (at == std::string_view::npos || at == 0) return text;
    text = text.substr(0, at);
    text = text.substr(0, text.find_last_not_of(' ') + 1);
  }
}

std::optional<Micros> in_years(std::optional<Micros> instant) {
  const Micros first = *midnight(kYearsOfDeliveries.first, 1, 1), end = *midnight(kYearsOfDeliveries.last + 1, 1, 1);
  return instant && *instant >= first && *instant < end ? instant : std::nullopt;
}

// Time since 1970.

// Each unit reaches from 1973 to 5138, so that no number can be in two of them.
constexpr std::uint64_t kLeastSeconds = 100'000'000;
constexpr std::array<std::uint64_t, 4> kUnitsInASecond = {1, 1'000, 1'000'000, 1'000'000'000};

std::optional<Micros> epoch(std::uint64_t whole, std::string_view fraction) {
  for (const std::uint64_t unit : kUnitsInASecond) {
    const bool is_last = unit == kUnitsInASecond.back();
    if (whole < kLeastSeconds * unit) return std::nullopt;
    if (!is_last && whole >= kLeastSeconds * unit * 1000) continue;
    if (unit >= kUnitsInASecond[2]) return static_cast<Micros>(whole / (unit / kUnitsInASecond[2]));
    Micros instant = static_cast<Micros>(whole);
    for (std::uint64_t scale = unit; scale < kUnitsInASecond[2]; scale *= 10) {
      instant = instant * 10 + (fraction.empty() ? 0 : fraction.front() - '0');
      fraction.remove_prefix(fraction.empty() ? 0 : 1);
    }
    return instant;
  }
  return std::nullopt;
}

std::optional<Micros> parse_epoch(std::string_view text) {
  std::uint64_t whole = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, whole);
  if (error != std::errc()) return std::nullopt;
  if (rest == end) return epoch(whole, {});
  const std::string_view behind(rest, static_cast<std::size_t>(end - rest));
  if (behind.front() == '.' && behind.size() > 1 && behind.find_first_not_of("0123456789", 1) == behind.npos) {
    return epoch(whole, behind.substr(1));
  }
  // 1.7724429E9, as some printers of floating-point numbers have it.
  double value = 0;
  const auto [last, bad] = std::from_chars(text.data(), end, value);
  if (bad != std::errc() || last != end || !(value >= 1 && value < 1e19)) return std::nullopt;
  const double floor = std::floor(value);
  const std::string fraction = std::to_string(value - floor).substr(2);
  return epoch(static_cast<std::uint64_t>(floor), fraction);
}

// Zones.

// Of RFC 2822 the American ones, which that format alone defines; the European ones mean one thing everywhere.
struct Zone {
  std::string_view name;
  int hours;
  bool only_of_mail = false;
};
constexpr Zone kZones[] = {
    {"Z", 0},          {"UTC", 0},        {"UT", 0},         {"GMT", 0},        {"WET", 0},        {"WEST", 1},
    {"CET", 1},        {"CEST", 2},       {"EET", 2},        {"EEST", 3},       {"EST", -5, true}, {"EDT", -4, true},
    {"CST", -6, true}, {"CDT", -5, true}, {"MST", -7, true}, {"MDT", -6, true}, {"PST", -8, true}, {"PDT", -7, true},
};

// Takes the whole rest as a zone; none means UTC.
std::optional<Micros> read_zone(Scanner& scanner, bool of_mail) {
  scanner.skip_blanks();
  if (scanner.at_end()) return 0;
  if (const auto name = scanner.letters(); !name.empty()) {
    const auto* zone =
        std::find_if(std::begin(kZones), std::end(kZones), [&](const Zone& z) { return z.name == name; });
    if (zone == std::end(kZones) || (zone->only_of_mail && !of_mail)) return std::nullopt;
    if (scanner.at_end()) return zone->hours * kHour;
    if (name != "UTC" && name != "GMT") return std::nullopt;
    const auto offset = take_offset(scanner);
    return scanner.at_end() ? offset : std::nullopt;
  }
  const auto offset = take_offset(scanner);
  scanner.skip_blanks();
  scanner.letters();  // the zone's name once more: +0100 CET
  return scanner.at_end() ? offset : std::nullopt;
}

// The hour of a clock with twelve hours as one of twenty-four.
std::optional<Micros> in_half(Micros time, bool is_afternoon) {
  const Micros hour = time / kHour;
  if (hour < 1 || hour > 12) return std::nullopt;
  return time % kHour + (hour % 12 + (is_afternoon ? 12 : 0)) * kHour;
}

// AM and PM at the front: whether it is the afternoon.
std::optional<bool> take_half(Scanner& scanner) {
  for (const auto& [text, is_afternoon] : {std::pair{"AM", false}, {"PM", true}, {"A.M.", false}, {"P.M.", true}}) {
    if (scanner.take_text(text)) return is_afternoon;
  }
  return std::nullopt;
}

// The year first.

std::optional<Micros> parse_iso(std::string_view text) {
  Scanner scanner(text);
  const auto year = scanner.digits(4);
  if (!year) return std::nullopt;
  const std::string_view separator = scanner.rest().substr(0, 1);
  const bool is_basic = !separator.empty() && ascii::is_digit(separator[0]);
  if (!is_basic && !scanner.take("-/")) return std::nullopt;
  const auto month = scanner.digits(2);
  if (!month || (!is_basic && !scanner.take(separator))) return std::nullopt;
  const auto date = scanner.digits(2);
  const auto day = date ? midnight(*year, *month, *date) : std::nullopt;
  if (!day || !scanner.take("T ,_")) return std::nullopt;
  scanner.skip_blanks();

  std::string extended;
  if (is_basic) {  // 091500 as 09:15:00
    const auto rest = scanner.rest();
    const auto length = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (length != 4 && length != 6) return std::nullopt;
    extended = std::string(rest);
    if (length == 6) extended.insert(4, ":");
    extended.insert(2, ":");
    scanner = Scanner(extended);
  }
  auto time = take_time_of_day(scanner);
  if (!time) return std::nullopt;
  scanner.skip_blanks();
  if (const auto half = take_half(scanner)) time = in_half(*time, *half);
  const auto offset = read_zone(scanner, false);
  return time && offset ? std::optional(*day + *time - *offset) : std::nullopt;
}

// The month as a word.

constexpr std::string_view kMonths[] = {"JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
                                        "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
constexpr std::string_view kWeekdays[] = {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"};

// The place of a name in a list, from 1, when the word is the name or its beginning; 0 for none.
template <std::size_t count>
int place_in(const std::string_view (&names)[count], std::string_view word) {
  if (word.ends_with('.')) word.remove_suffix(1);
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (names[i].starts_with(word)) return static_cast<int>(i) + 1;
  }
  return 0;
}

// Collects the words of a date in whatever order they are.
class Words {
 public:
  bool take(std::string_view word) {
    if (word.find(':') != std::string_view::npos) return take_time(word);
    if (word == "AT" || place_in(kWeekdays, word) > 0) return true;
    if (const int found = place_in(kMonths, word)) return set(month_, found);
    if (word.find_first_not_of("0123456789") == std::string_view::npos) return take_number(word);
    // 02-MAR-26
    if (const auto dash = word.find('-'); dash != 0 && dash != std::string_view::npos && !month_) {
      const auto second = word.find('-', dash + 1);
      return second != std::string_view::npos && take(word.substr(0, dash)) &&
             take(word.substr(dash + 1, second - dash - 1)) && take_number(word.substr(second + 1));
    }
    Scanner scanner(word);
    if (const auto half = take_half(scanner); half && scanner.at_end()) return set(half_, *half);
    const bool repeats_zone = offset_.has_value() && word.find_first_of("+-0123456789") == std::string_view::npos;
    return repeats_zone || take_zone(scanner);
  }

  std::optional<Micros> instant() const {
    if (!year_ || !month_ || !day_ || !time_) return std::nullopt;
    const auto day = midnight(*year_, *month_, *day_);
    const auto time = half_ ? in_half(*time_, *half_) : time_;
    return day && time ? std::optional(*day + *time - offset_.value_or(0)) : std::nullopt;
  }

 private:
  template <typename T>
  static bool set(std::optional<T>& place, T value) {
    return !std::exchange(place, value).has_value();
  }

  bool take_zone(Scanner& scanner) {
    const auto offset = read_zone(scanner, true);
    return offset && set(offset_, *offset);
  }

  bool take_time(std::string_view word) {
    const std::string padded = word.find(':') == 1 ? '0' + std::string(word) : std::string(word);
    Scanner scanner(padded);
    const auto time = take_time_of_day(scanner);
    if (!time || !set(time_, *time)) return false;
    if (const auto half = take_half(scanner); half && !set(half_, *half)) return false;
    return scanner.at_end() || take_zone(scanner);
  }

  // Four digits are the year. Two are the day first, and then a year of RFC 2822, 4.3.
  bool take_number(std::string_view word) {
    int number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.size() == 4) return set(year_, number);
    if (word.empty() || word.size() > 2) return false;
    if (!day_) return set(day_, number);
    return word.size() == 2 && set(year_, number + (number < 50 ? 2000 : 1900));
  }

  std::optional<int> year_, month_, day_;
  std::optional<Micros> time_, offset_;
  std::optional<bool> half_;
};

std::optional<Micros> parse_words(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" ,"), text.size());
    if (end > 0 && !words.take(text.substr(0, end))) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words.instant();
}

}  // namespace

std::optional<Micros> parse_sent_time(std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  const std::string plain = normalized(text);
  const std::string_view bare = without_annotations(plain);
  if (bare.find_first_not_of("0123456789.E+") == std::string_view::npos) return in_years(parse_epoch(bare));
  const auto iso = parse_iso(bare);
  return in_years(iso ? iso : parse_words(bare));
}

}  // namespace callarchive
