#include "storage/care/rebuild.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace callarchive {
namespace {

using test::TemporaryArchive;

constexpr Millis kNoon = 1'750'000'000'000;

Delivery delivery(const std::string& body) {
  Delivery made;
  made.body = body;
  made.received_at = kNoon;
  return made;
}

MessageStored message(const std::string& id) {
  MessageStored said;
  said.id = id;
  said.sent_at = kNoon;
  said.from_number = "+33612345678";
  said.content = "hello";
  return said;
}

// A decoder that has learned to read bodies of one more kind.
Event decode_more(Delivery& kept) {
  if (kept.body == "old kind") return message("msg_1");
  if (kept.body == "new kind") {
    kept.event_time = kNoon;
    kept.dialect = "learned";
    kept.topic = "message.learned";
    return message("msg_2");
  }
  return Quarantined{"still unreadable"};
}

TEST(Rebuild, WhatTheDecoderHasLearnedBecomesRows) {
  TemporaryArchive archive;
  archive.archive().store(delivery("old kind"), message("msg_1"));
  archive.archive().store(delivery("new kind"), Quarantined{"not known yet"});
  archive.archive().store(delivery("noise"), Quarantined{"not known yet"});
  EXPECT_EQ(archive.ask("SELECT count(*) FROM messages"), "1");
  archive.close();

  const auto checked = check_rebuild(archive.options(), decode_more, [](const RebuildProgress&) {});
  EXPECT_EQ(checked.changed_outcomes, 1);
  EXPECT_GT(checked.difference_count, 0);
  EXPECT_EQ(archive.ask("SELECT count(*) FROM messages"), "1");

  const auto result = rebuild(archive.options(), decode_more, [](const RebuildProgress&) {});
  EXPECT_EQ(result.deliveries, 3);
  EXPECT_EQ(result.changed_outcomes, 1);
  EXPECT_EQ(archive.ask("SELECT group_concat(id) FROM (SELECT id FROM messages ORDER BY id)"), "msg_1,msg_2");
  EXPECT_EQ(
      archive.ask(
          "SELECT outcome || ' ' || topic || ' ' || dialect FROM deliveries WHERE body = CAST('new kind' AS BLOB)"),
      "applied message.learned learned");
  EXPECT_EQ(archive.ask("SELECT reason FROM deliveries WHERE id = 3"), "still unreadable");
}

// A reader keeps the log from being emptied. What stands there alone must not be deleted with it.
TEST(Rebuild, TheFileStaysWhoseItWas) {
  TemporaryArchive archive;
  archive.close();
  const auto path = archive.options().path;
  const bool is_root = ::geteuid() == 0;
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  if (is_root) ASSERT_EQ(::chown(path.c_str(), 12, 34), 0);
  rebuild(archive.options(), decode_more, [](const RebuildProgress&) {});
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
  if (is_root) EXPECT_EQ(std::pair(info.st_uid, info.st_gid), std::pair(uid_t{12}, gid_t{34}));
}

TEST(Rebuild, StopsWhileSomebodyReadsTheFile) {
  TemporaryArchive archive;
  archive.archive().store(delivery("old kind"), message("msg_1"));
  SQLite::Database foreign(archive.path(), SQLite::OPEN_READWRITE);
  foreign.exec("BEGIN; SELECT count(*) FROM deliveries");
  archive.archive().store(delivery("new kind"), Quarantined{"not known yet"});
  archive.close();
  const auto log_size = [&] { return std::filesystem::file_size(archive.path() + "-wal"); };
  ASSERT_GT(log_size(), 0u);

  const auto begin = [&] { rebuild(archive.options(), decode_more, [](const RebuildProgress&) {}); };
  EXPECT_THAT(begin, testing::ThrowsMessage<CannotOpen>(testing::HasSubstr("another process is reading")));
  EXPECT_GT(log_size(), 0u);
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(archive.path()).parent_path())) {
    EXPECT_EQ(entry.path().string().find(".rebuild"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(archive.ask("SELECT count(*) FROM deliveries"), "2");
  EXPECT_EQ(archive.ask("SELECT count(*) FROM messages"), "1");

  foreign.exec("COMMIT");
  begin();
  EXPECT_EQ(archive.ask("SELECT count(*) FROM messages"), "2");
}

}  // namespace
}  // namespace callarchive
