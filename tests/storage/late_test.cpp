// What comes late is put at its place among all that was said of the same thing, which is read again for that. There is
// an end to it, so that nobody makes each delivery cost as much as all before it together.

#include "storage/care/rebuild.h"
#include "storage/ledger/deliveries.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::HasSubstr;

CallCompleted call(const string& summary) {
  CallCompleted said;
  said.id = "cll_A";
  said.summary = summary;
  return said;
}

MessageStored message(const string& content) { return {.id = "msg_A", .content = content}; }

ContactChanged contact(const string& name) {
  ContactChanged said;
  said.id = "con_A";
  said.name = name;
  return said;
}

class Late : public testing::Test {
 protected:
  // So many in their order, beginning at the arrival of the first.
  template <typename Make>
  void tell_many(Make make, std::int64_t count) {
    std::vector<Event> events;
    for (std::int64_t n = 0; n < count; ++n) events.push_back(make("state " + std::to_string(n)));
    archive.tell_all(events);
  }
  // Before everything else.
  template <typename Make>
  Receipt tell_late(Make make) {
    return archive.tell(make("late"), first - ++before);
  }
  // As if the ledger were read into an empty file.
  void expect_to_be_rebuilt_alike() {
    archive.close();
    EXPECT_EQ(check_rebuild(archive.options(), archive.decoder(), [](const auto&) {}).difference_count, 0);
  }
  template <typename Make>
  void expect_an_end(Make make, const string& newest) {
    // With the late one itself there are as many as are read again.
    tell_many(make, storage::kMostReadAgain - 1);
    EXPECT_EQ(tell_late(make).status, Receipt::Status::stored);
    const string tables = archive.dump();
    const Receipt refused = tell_late(make);
    EXPECT_EQ(refused.status, Receipt::Status::quarantined);
    EXPECT_THAT(refused.reason.value_or(""), HasSubstr("too much was said of the same thing"));
    EXPECT_EQ(archive.ask("SELECT outcome FROM deliveries ORDER BY id DESC LIMIT 1"), "quarantined");
    EXPECT_EQ(archive.dump(), tables);
    EXPECT_EQ(archive.tell(make("newest")).status, Receipt::Status::stored);
    EXPECT_EQ(archive.ask(newest), "newest");
    expect_to_be_rebuilt_alike();
  }

  TemporaryArchive archive;
  const Millis first = archive.now;
  Millis before = 0;
};

TEST_F(Late, ThereIsAnEndToWhatIsReadAgainOfACall) { expect_an_end(call, "SELECT summary FROM calls"); }

TEST_F(Late, AndOfAMessage) { expect_an_end(message, "SELECT content FROM messages"); }

TEST_F(Late, AndOfAContact) { expect_an_end(contact, "SELECT name FROM contacts"); }

TEST_F(Late, LargeBodiesEndItSooner) {
  const std::int64_t size = storage::kMostBytesReadAgain / 4;
  for (int n = 0; n < 6; ++n) {
    const string body = std::to_string(n) + string(static_cast<std::size_t>(size - 1), 'x');
    const auto status = archive.tell(call(std::to_string(n)), first - n, body).status;
    EXPECT_EQ(status, n < 4 ? Receipt::Status::stored : Receipt::Status::quarantined) << n;
  }
  EXPECT_EQ(archive.ask("SELECT summary FROM calls"), "0");
  expect_to_be_rebuilt_alike();
}

// Their order among each other is in their bodies, each of which would be read for each.
TEST_F(Late, SoDoThoseOfOneMillisecond) {
  const std::int64_t size = storage::kMostBytesReadAgain / 4;
  for (int n = 0; n < 6; ++n) {
    const string body = std::to_string(n) + string(static_cast<std::size_t>(size - 1), 'x');
    const auto status = archive.tell_at(call(std::to_string(n)), first, n, body).status;
    EXPECT_EQ(status, n < 4 ? Receipt::Status::stored : Receipt::Status::quarantined) << n;
  }
  EXPECT_EQ(archive.ask("SELECT summary FROM calls"), "3");
  expect_to_be_rebuilt_alike();
}

}  // namespace
}  // namespace callarchive
