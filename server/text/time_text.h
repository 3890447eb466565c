#pragma once

#include "storage/records.h"

#include <optional>
#include <string>
#include <string_view>

// Instants as text, the one spelling for webhooks, answers and views.

namespace callarchive {

// The years in which an instant may lie, both included.
struct Years {
  int first;
  int last;
};
constexpr Years kYearsOfDeliveries{1700, 2240};
constexpr Years kYearsOfQuestions{1, 9999};  // all that can be written

// Reads ISO 8601 as far as RFC 3339 goes, and a little further: 2024-01-15T10:30:00Z, a space or 't' for 'T',
// seconds left out, 0 to 9 digits of fraction (cut to milliseconds), Z, +02:00, +0200, +02, or no zone, which
// means UTC. Absent for anything else, for days that do not exist, and outside the years.
std::optional<Millis> parse_instant(std::string_view text, Years years = kYearsOfDeliveries);

// 2024-01-15T10:30:00.000Z
std::string format_instant(Millis instant);

}  // namespace callarchive
