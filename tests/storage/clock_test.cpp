// A clock that was wrong for a while must not decide what holds.

#include "storage/care/doctor.h"
#include "storage/care/rebuild.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::HasSubstr;

constexpr Millis kHour = 3'600'000;
constexpr Millis kDay = 24 * kHour;

ContactChanged named(const std::string& name) {
  ContactChanged contact;
  contact.id = "con_1";
  contact.name = name;
  contact.numbers = {"+33612345678"};
  return contact;
}

std::string name_of(const TemporaryArchive& archive) { return archive.ask("SELECT name FROM contacts"); }

// What a rebuild would make is what is there.
void expect_as_rebuilt(TemporaryArchive& archive) {
  const auto checked = check_rebuild(archive.options(), archive.decoder(), [](const RebuildProgress&) {});
  EXPECT_EQ(checked.difference_count, 0) << testing::PrintToString(checked.differences);
}

TEST(Clock, AheadForOneDeliveryDoesNotOutlastTheNext) {
  TemporaryArchive archive;
  archive.tell(named("First"));
  archive.now += 400 * kDay;
  archive.tell(named("Third"));
  archive.now -= 400 * kDay;
  archive.tell(named("Fourth"));
  EXPECT_EQ(name_of(archive), "Fourth");
  expect_as_rebuilt(archive);
}

TEST(Clock, AheadForOneDeliveryDoesNotOutlastEventsWithATime) {
  TemporaryArchive archive;
  archive.tell(named("First"));
  archive.now += 30 * kDay;
  archive.tell(named("FromTheFuture"));
  archive.now -= 30 * kDay;
  archive.tell(named("OfNow"), archive.now + 500);
  EXPECT_EQ(name_of(archive), "OfNow");
  expect_as_rebuilt(archive);
}

// The order changes of what is there already: what counted as the last state now comes before one with a time.
TEST(Clock, CorrectedByAnyDeliveryWhatItHidIsSeen) {
  TemporaryArchive archive;
  archive.tell(named("Timed"), archive.now + kDay);
  archive.now += 30 * kDay;
  archive.tell(named("FromTheFuture"));
  EXPECT_EQ(name_of(archive), "FromTheFuture");
  archive.now -= 30 * kDay;
  MessageStored other;
  other.id = "msg_1";
  other.content = "hello";
  archive.tell(other);
  EXPECT_EQ(name_of(archive), "Timed");
  expect_as_rebuilt(archive);
}

TEST(Clock, AnHourBehindTheNumberInTheLedgerDecides) {
  TemporaryArchive archive;
  archive.tell(named("First"));
  archive.now -= kHour;
  archive.tell(named("Second"));
  EXPECT_EQ(name_of(archive), "Second");
  expect_as_rebuilt(archive);
}

// Several jumps: what is made delivery by delivery is what a rebuild makes.
TEST(Clock, JumpsAndTheirCorrectionsAreFoldedAsByARebuild) {
  TemporaryArchive archive;
  const Millis begin = archive.now;
  int n = 0;
  for (const Millis hours : {100, 50, 80, 60, 60, 90, 95, 70, 10, 40, 30, 45}) {
    archive.now = begin + hours * kHour;
    archive.tell(named("State " + std::to_string(++n)));
    archive.tell(named("Timed " + std::to_string(n)), begin + (hours - 20) * kHour);
  }
  expect_as_rebuilt(archive);
  EXPECT_EQ(archive.ask("SELECT count(*) FROM (SELECT coalesce(arrived_at, received_at) AS arrival,"
                        " lag(coalesce(arrived_at, received_at)) OVER (ORDER BY id) AS before FROM deliveries)"
                        " WHERE arrival < before"),
            "0");
  const auto arrivals = archive.ask("SELECT group_concat(coalesce(arrived_at, 0)) FROM deliveries");
  archive.close();
  rebuild(archive.options(), archive.decoder(), [](const RebuildProgress&) {});
  EXPECT_EQ(archive.ask("SELECT group_concat(coalesce(arrived_at, 0)) FROM deliveries"), arrivals);
}

// A call without a start has its place where its first report arrived.
TEST(Clock, WhatHasNoStartComesBackFromTheFuture) {
  TemporaryArchive archive;
  archive.now += 400 * kDay;
  MessageStored message;
  message.id = "msg_1";
  message.content = "hello";
  archive.tell(message);
  archive.now -= 400 * kDay;
  archive.tell(named("Anybody"));
  EXPECT_EQ(archive.ask("SELECT item >> 12 FROM messages"), std::to_string(archive.now));
  expect_as_rebuilt(archive);
}

// Threads overtake each other by milliseconds: nothing is folded again, and the ledger's times do not run backwards.
TEST(Clock, AMillisecondBackIsNotAWrongClock) {
  TemporaryArchive archive;
  archive.tell(named("First"));
  archive.now -= 1002;
  archive.tell(named("Second"));
  EXPECT_EQ(name_of(archive), "Second");
  EXPECT_EQ(archive.ask("SELECT count(*) FROM deliveries WHERE arrived_at IS NOT NULL"), "0");
  EXPECT_EQ(archive.ask("SELECT count(DISTINCT received_at) FROM deliveries"), "1");
}

// As an archive was written before: rebuild mends it.
TEST(Clock, OldArchivesAreMendedByARebuild) {
  TemporaryArchive archive;
  archive.tell(named("First"));
  archive.tell(named("Second"));
  archive.close();
  SQLite::Database(archive.path(), SQLite::OPEN_READWRITE)
      .exec("UPDATE deliveries SET received_at = received_at + 400 * 86400000, seal = NULL WHERE id = 1");
  rebuild(archive.options(), archive.decoder(), [](const RebuildProgress&) {});
  EXPECT_EQ(name_of(archive), "Second");
  EXPECT_EQ(archive.ask("SELECT arrived_at = (SELECT received_at FROM deliveries WHERE id = 2) FROM deliveries"), "1");
}

Finding find_in(const vector<Finding>& findings, const std::string& name) {
  for (const auto& finding : findings) {
    if (finding.name == name) return finding;
  }
  return {};
}

TEST(Clock, TheDoctorTellsOfTheFutureAndAlarmsAtSilence) {
  TemporaryArchive archive;
  archive.now = static_cast<Millis>(std::time(nullptr)) * 1000 + 30 * kDay;
  archive.tell(named("FromTheFuture"));
  const Examination examination{.archive = archive.options(), .quick = true, .silence = std::chrono::hours(24)};
  const auto findings = examine(examination, archive.decoder(), [](const Finding&) {});
  EXPECT_EQ(find_in(findings, "silence").verdict, Finding::Verdict::fail);
  EXPECT_THAT(find_in(findings, "silence").text, HasSubstr("hours from now"));
  EXPECT_EQ(find_in(findings, "clock").verdict, Finding::Verdict::warn);
  EXPECT_THAT(find_in(findings, "clock").text, HasSubstr("1 deliveries arrived in the future"));
}

}  // namespace
}  // namespace callarchive
