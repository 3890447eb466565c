#include "server/cli/local_time.h"

#include "server/text/time_text.h"

#include <date/tz.h>

namespace callarchive::cli {
namespace {

std::string formatted(const char* format, std::string_view text, const std::string& zone) {
  const auto instant = parse_instant(text);
  if (!instant) return std::string(text);
  const date::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(*instant)};
  return date::format(format, date::make_zoned(zone, date::floor<std::chrono::minutes>(time)));
}

}  // namespace

std::string local_minute(std::string_view instant, const std::string& zone) {
  return formatted("%Y-%m-%d %H:%M", instant, zone);
}
std::string local_day(std::string_view instant, const std::string& zone) {
  return formatted("%A, %e %B %Y", instant, zone);
}
std::string local_clock(std::string_view instant, const std::string& zone) { return formatted("%H:%M", instant, zone); }

}  // namespace callarchive::cli
