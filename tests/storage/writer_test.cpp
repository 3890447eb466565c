// The writer's fences: what spoils a batch falls alone, and only so many wait.

#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::HasSubstr;

constexpr int kTold = 10, kGuilty = 4;

// Ten messages of one batch, of which a trigger of another program refuses one.
class Replay : public testing::Test {
 protected:
  void refuse(const std::string& trigger) {
    SQLite::Database(archive_.path(), SQLite::OPEN_READWRITE)
        .exec("CREATE TRIGGER refuse BEFORE INSERT ON " + trigger + " BEGIN SELECT RAISE(ABORT, 'not this one'); END");
  }
  void tell_all() {
    std::vector<Event> events;
    for (int n = 0; n < kTold; ++n) {
      events.push_back(MessageStored{.id = "msg_" + std::to_string(n), .content = "word " + std::to_string(n)});
    }
    archive_.tell_all(events);
  }
  std::string ask(const std::string& sql) const { return archive_.ask(sql); }
  Statistics statistics() { return archive_.archive().statistics(); }

 private:
  TemporaryArchive archive_;
};

TEST_F(Replay, KeepsWhatCannotBecomeRowsAndStoresTheOthers) {
  refuse("messages WHEN NEW.content = 'word " + std::to_string(kGuilty) + "'");
  tell_all();
  EXPECT_EQ(ask("SELECT count(*) FROM deliveries WHERE outcome = 'applied'"), std::to_string(kTold - 1));
  EXPECT_EQ(ask("SELECT count(*) FROM messages"), std::to_string(kTold - 1));
  EXPECT_EQ(ask("SELECT group_concat(id) FROM deliveries WHERE outcome = 'quarantined'"), std::to_string(kGuilty + 1));
  EXPECT_THAT(ask("SELECT reason FROM deliveries WHERE outcome = 'quarantined'"), HasSubstr("not this one"));
  EXPECT_EQ(statistics().replayed_batches, 1u);
  EXPECT_EQ(statistics().stored, static_cast<std::uint64_t>(kTold));
  EXPECT_EQ(statistics().refused, 0u);
}

TEST_F(Replay, RefusesOnlyWhatTheLedgerDoesNotTake) {
  refuse("deliveries WHEN NEW.body = CAST('said " + std::to_string(kGuilty + 1) + "' AS BLOB)");
  EXPECT_THAT([&] { tell_all(); }, testing::ThrowsMessage<NotDurable>(HasSubstr("not this one")));
  EXPECT_EQ(ask("SELECT count(*) FROM deliveries WHERE outcome = 'applied'"), std::to_string(kTold - 1));
  EXPECT_EQ(ask("SELECT count(*) FROM messages WHERE id = 'msg_" + std::to_string(kGuilty) + "'"), "0");
  EXPECT_EQ(statistics().replayed_batches, 1u);
  EXPECT_EQ(statistics().stored, static_cast<std::uint64_t>(kTold - 1));
  EXPECT_EQ(statistics().refused, 1u);
}

}  // namespace
}  // namespace callarchive
