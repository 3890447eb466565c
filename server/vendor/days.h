#pragma once

#include "storage/records.h"

#include <cstdint>
#include <string>

// Days of UTC, counted from 1970-01-01.

namespace callarchive::vendor {

constexpr Millis kDay = 86'400'000;

constexpr std::int64_t day_of(Millis at) { return at >= 0 ? at / kDay : (at - kDay + 1) / kDay; }
constexpr Millis begin_of(std::int64_t day) { return day * kDay; }

std::string day_text(std::int64_t day);    // 2026-03-31
std::string month_text(std::int64_t day);  // 2026-03
std::int64_t first_of_month(std::int64_t day);
std::int64_t last_of_month(std::int64_t day);

}  // namespace callarchive::vendor
