#pragma once

#include "storage/records.h"

#include <string_view>

// Calendar dates and clock times in a named time zone.

namespace callarchive::api {

// Whether `name` is in the IANA time zone database: "UTC", "Europe/Paris".
bool is_time_zone(std::string_view name);
// Whether the system has that database at all: Debian's package tzdata, which small containers leave out.
bool has_time_zones();
constexpr const char* kNoTimeZones = "the machine has no time zone database; install the package tzdata";

// The first instant of the day `date` ("2024-03-31") in that zone. If the clock skips midnight, it is the instant of
// the change; if the day has two midnights, it is the first. Nothing if `date` is not a date.
optional<Millis> start_of_day(std::string_view date, std::string_view zone);

// The instant in that zone, as in RFC 3339: 2026-03-02T10:15:00.000+01:00. In "UTC", and if the offset of the zone is
// not a whole number of minutes, it ends in Z. Throws std::runtime_error for a zone that does not exist.
string local_instant(Millis at, const string& zone);
// The same in the form that spreadsheets read: 2026-03-02 10:15:00.
string local_second(Millis at, const string& zone);

}  // namespace callarchive::api
