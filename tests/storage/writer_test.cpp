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
  WriterMetrics metrics() { return archive_.archive().metrics(); }

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
  EXPECT_EQ(metrics().replayed_batches, 1u);
  EXPECT_EQ(metrics().stored, static_cast<std::uint64_t>(kTold));
  EXPECT_EQ(metrics().refused, 0u);
}

TEST_F(Replay, RefusesOnlyWhatTheLedgerDoesNotTake) {
  refuse("deliveries WHEN NEW.body = CAST('said " + std::to_string(kGuilty + 1) + "' AS BLOB)");
  EXPECT_THAT([&] { tell_all(); }, testing::ThrowsMessage<NotDurable>(HasSubstr("not this one")));
  EXPECT_EQ(ask("SELECT count(*) FROM deliveries WHERE outcome = 'applied'"), std::to_string(kTold - 1));
  EXPECT_EQ(ask("SELECT count(*) FROM messages WHERE id = 'msg_" + std::to_string(kGuilty) + "'"), "0");
  EXPECT_EQ(metrics().replayed_batches, 1u);
  EXPECT_EQ(metrics().stored, static_cast<std::uint64_t>(kTold - 1));
  EXPECT_EQ(metrics().refused, 1u);
}

// While another program holds the write lock: one delivery is with the writer, two wait, the others are told so at
// once.
TEST(Queue, IsBoundedAndWhoWaitsIsStored) {
  constexpr int kSenders = 8;
  TemporaryArchive archive({.queue_limit = 2, .batch_limit = 1});
  SQLite::Database foreign(archive.path(), SQLite::OPEN_READWRITE);
  foreign.exec("BEGIN IMMEDIATE");
  std::atomic<int> overloaded{0}, stored{0};
  std::vector<std::thread> senders;
  for (int n = 0; n < kSenders; ++n) {
    senders.emplace_back([&, n] {
      try {
        archive.archive().store({.body = "body " + std::to_string(n)}, Noted{"a test"});
        ++stored;
      } catch (const QueueFull&) {
        ++overloaded;
        overloaded.notify_all();
      }
    });
  }
  // At least five of eight: nobody is stored before the lock goes.
  for (int seen = 0; seen < kSenders - 3; seen = overloaded) overloaded.wait(seen);
  EXPECT_EQ(stored, 0);
  EXPECT_EQ(archive.archive().metrics().stored, 0u);
  foreign.exec("COMMIT");
  for (auto& sender : senders) sender.join();
  EXPECT_GT(stored, 0);
  EXPECT_EQ(stored + overloaded, kSenders);
  EXPECT_EQ(archive.ask("SELECT count(*) FROM deliveries"), std::to_string(stored));
  EXPECT_EQ(archive.archive().metrics().refused, static_cast<std::uint64_t>(overloaded));
}

}  // namespace
}  // namespace callarchive
