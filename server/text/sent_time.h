#pragma once

#include "server/text/time_scanner.h"

#include <optional>
#include <string_view>

namespace callarchive {

// Reads an instant in any spelling that senders use and that means one instant:
//   * ISO 8601 and RFC 3339: 2026-03-02T10:15:00+01:00, also with a space for 'T', without seconds, with a comma before
//     the fraction, in the basic form 20260302T091500Z, with the zone of RFC 9557 after it ([Europe/Paris]), and with
//     24:00 for the midnight that ends the day
//   * after these or the next, instead of Z or an offset: UTC, GMT, +0000 UTC, UTC+01:00, with or without a space
//   before
//   * RFC 2822 (Mon, 02 Mar 2026 09:15:00 +0000), RFC 850 (Monday, 02-Mar-26 09:15:00 GMT), asctime
//     (Mon Mar  2 09:15:00 2026), and other forms that name the month in English
//   * the time since 1970 in digits: seconds, milliseconds, microseconds or nanoseconds, distinguished by their size,
//     from 1973 on, with or without a fraction
// Case and surrounding spaces do not matter. Without a zone it is UTC. Absent for anything else, for days that do not
// exist, for a day without a time, and outside kYearsOfDeliveries.
std::optional<Micros> parse_sent_time(std::string_view text);

}  // namespace callarchive
