#include "server/recordings/schedule.h"

#include <algorithm>
#include <iterator>

namespace callarchive::recordings {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes kDelays[] = {1min, 5min, 30min, 120min, 480min, 1440min};
constexpr std::int64_t kMostRefusedDays = 3;
constexpr std::int64_t kMostTries = std::ssize(kDelays) + 6;
constexpr Millis kDay = 86'400'000;

}  // namespace

TryFailed after_failure(const DueRecording& tried, RecordingState state, string reason,
                        optional<std::chrono::seconds> retry_after, Millis now, double chance) {
  TryFailed failed{.tried = tried,
                   .state = state,
                   .reason = std::move(reason),
                   .at = now,
                   .next_try_at = {},
                   .refused_days = tried.refused_days,
                   .refused_on = tried.refused_on,
                   .partial = {}};
  const bool is_refused = state == RecordingState::denied || state == RecordingState::gone;
  if (is_refused && failed.refused_on != now / kDay) {
    ++failed.refused_days;
    failed.refused_on = now / kDay;
  }
  const bool is_given_up = is_refused ? failed.refused_days >= kMostRefusedDays : tried.tries + 1 >= kMostTries;
  if (is_given_up) return failed;
  const auto place = std::min<std::int64_t>(tried.tries, std::ssize(kDelays) - 1);
  const auto delay = std::chrono::duration<double, std::milli>(kDelays[place]) * (0.9 + 0.2 * chance);
  const auto asked = std::chrono::duration<double, std::milli>(retry_after.value_or(0s));
  failed.next_try_at = now + static_cast<Millis>(std::max(delay, asked).count());
  return failed;
}

}  // namespace callarchive::recordings
