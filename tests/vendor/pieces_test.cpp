#include "server/vendor/days.h"
#include "server/vendor/json_pieces.h"
#include "server/vendor/walk.h"

#include <gmock/gmock.h>

namespace callarchive::vendor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(JsonPieces, AreTheBytesOfTheText) {
  constexpr const char* kText =
      R"( {"data" : [ {"a": 5.50, "b":"x,]}\"" } ,7, "s" , [1, 2],{} ], "pagination":{"total_count": 3},"e":null} )";
  EXPECT_THAT(elements_of(member_of(kText, "data")),
              ElementsAre(R"({"a": 5.50, "b":"x,]}\"" })", "7", R"("s")", "[1, 2]", "{}"));
  EXPECT_EQ(member_of(member_of(kText, "pagination"), "total_count"), "3");
  EXPECT_EQ(member_of(kText, "e"), "null");
  EXPECT_EQ(member_of(kText, "total_count"), "") << "it is not a member of the outermost object";
  EXPECT_EQ(member_of("[1]", "a"), "");
  for (const char* none : {"", "[]", "[ ]", "{}", "7", "null"}) EXPECT_THAT(elements_of(none), IsEmpty()) << none;
}

TEST(Days, AreThoseOfTheCalendar) {
  EXPECT_EQ(day_text(0), "1970-01-01");
  EXPECT_EQ(day_text(20'512), "2026-02-28");
  EXPECT_EQ(month_text(20'512), "2026-02");
  EXPECT_EQ(day_text(first_of_month(20'512)), "2026-02-01");
  EXPECT_EQ(day_text(last_of_month(20'512 - 20)), "2026-02-28");
  EXPECT_EQ(day_text(last_of_month(20'513)), "2026-03-31");
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(kDay), 1);
}

TEST(Months, CoverEachDayOnce) {
  const auto months = months_of({.line = "x"}, 20'500, 20'580);
  std::int64_t next = 20'500;
  for (const auto& month : months) {
    EXPECT_EQ(*month.first_day, next);
    EXPECT_EQ(first_of_month(*month.first_day), first_of_month(*month.last_day));
    next = *month.last_day + 1;
  }
  EXPECT_EQ(next, 20'581);
  const auto [earlier, later] = halves_of(months.front());
  EXPECT_EQ(*earlier.first_day, *months.front().first_day);
  EXPECT_EQ(*earlier.last_day + 1, *later.first_day);
  EXPECT_EQ(*later.last_day, *months.front().last_day);
}

}  // namespace
}  // namespace callarchive::vendor
