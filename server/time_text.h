#pragma once

#include "storage/records.h"

#include <optional>
#include <string>
#include <string_view>

// Instants as text, the one spelling for webhooks, answers and views.

namespace callarchive {

// Reads ISO 8601 as far as RFC 3339 goes, and a little further: 2024-01-15T10:30:00Z, a space or 't' for 'T',
// seconds left out, 0 to 9 digits of fraction (cut to milliseconds), Z, +02:00, +0200, +02, or no zone, which
// means UTC. Absent for anything else, for days that do not exist, and outside the years 1700 to 2240.
std::optional<Millis> parse_instant(std::string_view text);

// 2024-01-15T10:30:00.000Z
std::string format_instant(Millis instant);

}  // namespace callarchive
