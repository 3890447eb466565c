#pragma once

#include "server/text/time_scanner.h"
#include "storage/records.h"

#include <optional>
#include <string>
#include <string_view>

// Instants as text, in the spelling of requests and answers.

namespace callarchive {

// The years in which an instant may lie, both included.
struct Years {
  int first;
  int last;
};
constexpr Years kYearsOfDeliveries{1700, 2240};
constexpr Years kYearsOfQueries{1, 9999};  // all years that RFC 3339 can express

// Reads ISO 8601 as far as RFC 3339 goes, and a little further: 2024-01-15T10:30:00Z, a space or 't' for 'T',
// seconds left out, a fraction (cut to milliseconds), 24:00 for the midnight that ends the day, Z, +02:00, +0200, +02,
// or no zone, which means UTC. Absent for anything else, for days that do not exist, and outside the years. For
// what senders write there is parse_sent_time(), which reads far more spellings.
std::optional<Millis> parse_instant(std::string_view text, Years years = kYearsOfDeliveries);

// The millisecond in which an instant lies.
Millis to_millis(Micros instant);

// 2024-01-15T10:30:00.000Z
std::string format_instant(Millis instant);

}  // namespace callarchive
