#include "storage/search/rebuild_index.h"

#include "storage/search/check_index.h"
#include "storage/search/index.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrate.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

namespace callarchive::storage {
namespace {

using test::TemporaryArchive;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kNoon = 1'705'312'800'000;

void finish(Connection& connection) {
  IndexRebuilder rebuilder(connection);
  while (rebuilder.step()) {}
}

void expect_whole(Connection& connection) {
  EXPECT_EQ(index_for_queries(connection, kItemTable), "search");
  EXPECT_FALSE(find_rebuild(connection));
  EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_master WHERE name LIKE '%search\\_old%' ESCAPE '\\'"), 0);
  for (const auto* table : {&kItemTable, &kContactTable}) EXPECT_EQ(check_index(connection, *table), std::nullopt);
}

// An archive of the version before, whose index was spelled by SQL.
class OldArchive {
 public:
  explicit OldArchive(int messages) {
    migrate(connection, migrations().first(11));
    for (int i = 0; i < messages; ++i) {
      connection.query("INSERT INTO messages (item, id, content) VALUES (?, ?, ?)")
          .bind(2 * i + 1, "m" + std::to_string(i), "Łódź lodz" + std::to_string(i) + " 👍 दिन")
          .run();
    }
    for (const auto& [key, name] : {std::pair(1, "Zoe"), std::pair(2, "Øystein"), std::pair(3, "Oskar")}) {
      connection.query("INSERT INTO contacts (key, id, name, sort_name) VALUES (?, ?, ?, lower(?))")
          .bind(key, name, name, name)
          .run();
    }
    connection.execute(
        "INSERT INTO search (search) VALUES ('rebuild'); INSERT INTO contact_search (contact_search) VALUES "
        "('rebuild')");
    migrate(connection, migrations());
  }
  std::int64_t found(const string& words) {
    const string index = index_for_queries(connection, kItemTable);
    return connection.integer("SELECT count(*) FROM " + index + "('" + words + "')");
  }

  TemporaryFolder folder = {};
  Connection connection{folder.file("a.db"), Connection::Mode::writer};
};

TEST(IndexRebuild, FoldsWhatAnOlderProgramIndexed) {
  OldArchive archive(500);
  EXPECT_EQ(archive.found("lodz7"), 1) << "answers before it was opened for writing";
  prepare_index(archive.connection);
  EXPECT_EQ(archive.found("lodz7"), 1) << "answers meanwhile";
  EXPECT_EQ(archive.found("lodz"), 0);
  IndexRebuilder rebuilder(archive.connection);
  int pieces = 1;
  for (; rebuilder.step(); ++pieces) {
    EXPECT_EQ(archive.found("lodz7"), 1);
    EXPECT_EQ(rebuilder.total(), 503);
  }
  EXPECT_EQ(rebuilder.done(), 503);
  EXPECT_GT(pieces, 5) << "in short pieces";
  EXPECT_EQ(archive.found("lodz"), 500);
  EXPECT_EQ(archive.found("👍 दिन"), 500);
  EXPECT_EQ(archive.connection.text("SELECT group_concat(name) FROM (SELECT name FROM contacts ORDER BY sort_key)"),
            "Oskar,Øystein,Zoe");
  expect_whole(archive.connection);
}

TEST(IndexRebuild, GoesOnWhereItWasInterrupted) {
  OldArchive archive(500);
  prepare_index(archive.connection);
  for (std::int64_t documents = 0, processes = 1; find_rebuild(archive.connection); ++processes) {
    Connection next(archive.folder.file("a.db"), Connection::Mode::writer);
    prepare_index(next);
    IndexRebuilder rebuilder(next);
    rebuilder.step();
    documents += rebuilder.done();
    ASSERT_LT(processes, 100);
    EXPECT_LE(documents, 503) << "nothing twice";
  }
  expect_whole(archive.connection);
}

TEST(IndexRebuild, TakesUpWhatChangesMeanwhile) {
  OldArchive archive(500);
  auto& connection = archive.connection;
  prepare_index(connection);
  IndexRebuilder rebuilder(connection);
  for (bool more = true; more;) {
    const auto rebuild = find_rebuild(connection);
    const string piece = std::to_string(static_cast<int>(rebuild->phase));
    {
      // One row of those that are copied, one of the others, and a new one.
      Transaction transaction(connection);
      SearchIndex index(connection);
      for (const ItemKey item : {ItemKey{3}, ItemKey{997}, ItemKey{2001}}) {
        index.touch_item(item);
        connection
            .query(
                "INSERT INTO messages (item, id, content) VALUES (?1, ?1, ?2) ON CONFLICT (item) DO UPDATE SET"
                " content = excluded.content")
            .bind(item, "now " + piece)
            .run();
      }
      index.touch_item(5);
      connection.execute("DELETE FROM messages WHERE item = 5");
      index.flush();
      transaction.commit();
    }
    EXPECT_EQ(archive.found("now " + piece), 3);
    EXPECT_EQ(archive.found("lodz2"), 0) << "what went is not found";
    more = rebuilder.step();
  }
  EXPECT_EQ(archive.found("now"), 3);
  expect_whole(connection);
}

TEST(IndexRebuild, BeginsWhenTheFoldingIsAnotherAlsoInTheMiddleOfOne) {
  for (int pieces = 0; pieces < 12; ++pieces) {
    OldArchive archive(300);
    auto& connection = archive.connection;
    prepare_index(connection);
    IndexRebuilder rebuilder(connection);
    for (int i = 0; i < pieces; ++i) rebuilder.step();
    connection.execute("UPDATE settings SET value = 'of another program' WHERE name = 'search_folding'");
    prepare_index(connection);
    EXPECT_TRUE(find_rebuild(connection)) << pieces;
    EXPECT_EQ(archive.found("lodz7"), 1) << pieces;
    finish(connection);
    expect_whole(connection);
    EXPECT_EQ(archive.found("lodz"), 300) << pieces;
  }
}

TEST(IndexRebuild, GoesOnInTheBackgroundWhileDeliveriesAreFoundAtOnce) {
  vector<string> reports;
  ArchiveOptions options;
  options.report = [&](Severity, const string& text) { reports.push_back(text); };
  TemporaryArchive archive(options);
  vector<Event> many;
  for (int i = 0; i < 2000; ++i) {
    many.push_back(
        MessageStored{.id = "m" + std::to_string(i), .sent_at = kNoon + i, .content = "Łódź n" + std::to_string(i)});
  }
  archive.tell_all(many);
  EXPECT_THAT(reports, IsEmpty());
  archive.close();
  {
    Connection connection(archive.path(), Connection::Mode::writer);
    connection.execute("UPDATE settings SET value = 'ICU of yesterday' WHERE name = 'search_folding'");
  }
  archive.reopen();
  int meanwhile = 0;
  for (; archive.ask("SELECT count(*) FROM settings WHERE name = 'search_rebuild'") == "1"; ++meanwhile) {
    const string word = "meanwhile" + std::to_string(meanwhile);
    archive.tell(MessageStored{.id = word, .sent_at = kNoon, .content = word});
    EXPECT_THAT(archive.reader().find_search_hits({.q = word}, {}).rows, SizeIs(1)) << word;
    EXPECT_THAT(archive.reader().find_search_hits({.q = "n1234"}, {}).rows, SizeIs(1));
  }
  EXPECT_GT(meanwhile, 1);
  archive.close();
  EXPECT_THAT(reports.back(), HasSubstr("the index is complete"));
  Connection connection(archive.path(), Connection::Mode::writer);
  expect_whole(connection);
}

TEST(CheckIndex, NamesTheDocumentThatDiffers) {
  TemporaryArchive archive;
  archive.tell(MessageStored{.id = "m1", .sent_at = kNoon, .content = "one two"});
  archive.close();
  Connection connection(archive.path(), Connection::Mode::writer);
  EXPECT_EQ(check_index(connection, kItemTable), std::nullopt);
  connection.execute("UPDATE messages SET content = 'two one'");
  EXPECT_THAT(check_index(connection, kItemTable).value_or(""), HasSubstr("other words"));
  connection.execute("DELETE FROM timeline; DELETE FROM messages");
  EXPECT_THAT(check_index(connection, kItemTable).value_or(""), HasSubstr("does not exist"));
  connection.execute("INSERT INTO search (search) VALUES ('delete-all')");
  EXPECT_EQ(check_index(connection, kItemTable), std::nullopt);
  connection.execute("INSERT INTO messages (item, id, content) VALUES (7, 'm2', 'new')");
  EXPECT_THAT(check_index(connection, kItemTable).value_or(""), HasSubstr("is not in it"));
}

}  // namespace
}  // namespace callarchive::storage
