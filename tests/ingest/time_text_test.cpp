#include "server/text/time_text.h"

#include <gtest/gtest.h>

namespace callarchive {
namespace {

constexpr Millis kInstant = 1705314600000;  // 2024-01-15T10:30:00Z

struct Row {
  const char* text;
  std::optional<Millis> instant;
};

TEST(TimeText, ReadsEverySpellingOfAnInstant) {
  const Row rows[] = {
      {"2024-01-15T10:30:00Z", kInstant},
      {"2024-01-15t10:30:00z", kInstant},
      {"2024-01-15 10:30:00Z", kInstant},
      {"2024-01-15T10:30:00", kInstant},
      {"2024-01-15T10:30Z", kInstant},
      {"2024-01-15T10:30:00.1Z", kInstant + 100},
      {"2024-01-15T10:30:00,25Z", kInstant + 250},
      {"2024-01-15T10:30:00.123456Z", kInstant + 123},
      {"2024-01-15T10:30:00.999999999Z", kInstant + 999},
      {"2024-01-15T10:30:00.1234567890Z", kInstant + 123},
      {"2024-01-14T24:00:00Z", kInstant - 37'800'000},
      {"2024-01-15T12:30:00+02:00", kInstant},
      {"2024-01-15T12:30:00+0200", kInstant},
      {"2024-01-15T12:30:00+02", kInstant},
      {"2024-01-15T05:00:00.000-05:30", kInstant},
      {"2024-01-14T23:30:00-11:00", kInstant},
      {"2024-02-29T00:00:00Z", 1709164800000},
      {"1969-12-31T23:59:59.999Z", -1},
      {"2016-12-31T23:59:60Z", 1483228800000},
      {"1700-01-01T00:00:00Z", -8520336000000},
      {"2240-12-31T23:59:59Z", 8551958399000},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_instant(row.text), row.instant) << row.text;
}

TEST(TimeText, ReadsNothingElse) {
  const char* rows[] = {
      "",
      " ",
      "now",
      "2024",
      "2024-01-15",
      "2024-01-15T",
      "2024-01-15T10",
      "2024-01-15T10:30:0",
      "20240115T103000Z",
      "2024-1-15T10:30:00Z",
      "2024-00-15T10:30:00Z",
      "2024-13-15T10:30:00Z",
      "2023-02-29T10:30:00Z",
      "2024-04-31T10:30:00Z",
      "2024-01-15T24:00:01Z",
      "2024-01-15T10:60:00Z",
      "2024-01-15T10:30:61Z",
      "2024-01-15T10:30:00.Z",
      "2024-01-15T10:30:00ZZ",
      "2024-01-15T10:30:00 Z",
      "2024-01-15T10:30:00+",
      "2024-01-15T10:30:00+2",
      "2024-01-15T10:30:00+24:00",
      "2024-01-15T10:30:00+02:60",
      "2024-01-15T10:30:00+02:",
      "2024-01-15T10:30:00Europe/Paris",
      "1699-12-31T23:59:59Z",
      "2241-01-01T00:00:00Z",
      "-024-01-15T10:30:00Z",
      "+2024-01-15T10:30:00Z",
      "9999999999999",
      "0000-00-00T00:00:00Z",
  };
  for (const char* row : rows) EXPECT_EQ(parse_instant(row), std::nullopt) << row;
}

TEST(TimeText, WritesMillisecondsAndZ) {
  EXPECT_EQ(format_instant(kInstant), "2024-01-15T10:30:00.000Z");
  EXPECT_EQ(format_instant(kInstant + 7), "2024-01-15T10:30:00.007Z");
  EXPECT_EQ(format_instant(-1), "1969-12-31T23:59:59.999Z");
}

TEST(TimeText, ReadsWhatItWrites) {
  for (Millis instant = -8520336000000; instant < 8551958399000; instant += 987'654'321'098) {
    EXPECT_EQ(parse_instant(format_instant(instant)), instant) << format_instant(instant);
  }
}

}  // namespace
}  // namespace callarchive
