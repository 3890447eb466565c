#pragma once

#include "storage/records.h"

#include <string_view>

// Days of people: a calendar date in a named time zone.

namespace callarchive::api {

// Whether `name` is in the IANA time zone database: "UTC", "Europe/Paris".
bool is_time_zone(std::string_view name);

// The first instant of the day `date` ("2024-03-31") in that zone. Where the day has no midnight because the
// clock jumps over it, the instant of the jump; where it has two, the first. Nothing if it is no date.
optional<Millis> start_of_day(std::string_view date, std::string_view zone);

}  // namespace callarchive::api
