#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

namespace callarchive {
namespace {

using test::TemporaryArchive;

constexpr Millis kNoon = 1'750'000'000'000;
constexpr const char* kJoined = "SELECT coalesce((SELECT c.id FROM ringing r JOIN calls c ON c.item = r.item), '-')";

CallCompleted ended(const std::string& direction) {
  CallCompleted call;
  call.id = "cll_1";
  call.started_at = kNoon;
  call.direction = direction;
  const bool outbound = direction == "OUTBOUND";
  call.from_number = outbound ? "+14155550100" : "+33612345678";
  call.to_number = outbound ? "+33612345678" : "+14155550100";
  call.user_email = "ann@example.com";
  return call;
}

// As the vendor sends it: a placed call names only the called party, and neither says its direction.
CallRinging placed() {
  CallRinging event;
  event.kind = "triggered";
  event.started_at = kNoon - 2000;
  event.to_number = "+33612345678";
  event.user_email = "ann@example.com";
  return event;
}

TEST(Ringing, APlacedCallIsJoinedToTheCallItBecomes) {
  TemporaryArchive archive;
  archive.tell(placed());
  EXPECT_EQ(archive.ask(kJoined), "-");
  archive.tell(ended("OUTBOUND"));
  EXPECT_EQ(archive.ask(kJoined), "cll_1");
}

TEST(Ringing, APlacedCallThatIsToldLateIsJoinedToo) {
  TemporaryArchive archive;
  archive.tell(ended("OUTBOUND"));
  archive.tell(placed());
  EXPECT_EQ(archive.ask(kJoined), "cll_1");
}

TEST(Ringing, APlacedCallIsNotJoinedToAnInboundOne) {
  TemporaryArchive archive;
  archive.tell(ended("INBOUND"));
  archive.tell(placed());
  EXPECT_EQ(archive.ask(kJoined), "-");
}

TEST(Ringing, ARingingLineIsNotJoinedToAnOutboundCall) {
  TemporaryArchive archive;
  CallRinging event;
  event.kind = "received";
  event.started_at = kNoon - 2000;
  event.from_number = "+14155550100";
  event.to_number = "+33612345678";
  archive.tell(event);
  archive.tell(ended("OUTBOUND"));
  EXPECT_EQ(archive.ask(kJoined), "-");
}

// What was joined to a call that goes elsewhere is decided again.
TEST(Ringing, AnEventLeavesTheCallWhoseNumberWasCorrected) {
  TemporaryArchive archive;
  archive.tell(placed());
  archive.tell(ended("OUTBOUND"));
  auto corrected = ended("OUTBOUND");
  corrected.to_number = "+33612345679";
  archive.tell(corrected);
  EXPECT_EQ(archive.ask(kJoined), "-");
  auto other = ended("OUTBOUND");
  other.id = "cll_2";
  other.started_at = kNoon + 60'000;
  archive.tell(other);
  EXPECT_EQ(archive.ask(kJoined), "cll_2");
}

}  // namespace
}  // namespace callarchive
