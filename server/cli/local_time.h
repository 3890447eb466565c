#pragma once

#include <string>
#include <string_view>

namespace callarchive::cli {

// The instant of an answer ("2026-03-02T09:15:00.000Z") as people in that time zone write it. Text that is not an
// instant is returned unchanged. Throws std::runtime_error for a zone that is not in the IANA database.
std::string local_minute(std::string_view instant, const std::string& zone);  // 2026-03-02 10:15
std::string local_day(std::string_view instant, const std::string& zone);     // Monday, 2 March 2026
std::string local_clock(std::string_view instant, const std::string& zone);   // 10:15

}  // namespace callarchive::cli
