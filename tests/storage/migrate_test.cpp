#include "storage/sqlite/migrate.h"
#include "storage/sqlite/connection.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace callarchive::storage {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

string schema_of(Connection& connection) {
  string schema;
  auto query =
      connection.query("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name");
  while (query.step()) schema += query.text(0) + "\n";
  return schema;
}

string refusal(const string& path) {
  try {
    Archive archive({.path = path}, [](Delivery&) -> Event { return Noted{}; });
    return "opened";
  } catch (const CannotOpen& error) {
    return error.what();
  }
}

string bytes_of(const string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(Migrate, NumbersHaveNoGaps) {
  int expected = 0;
  for (const auto& step : migrations()) EXPECT_EQ(step.version, ++expected) << step.name;
  EXPECT_GT(expected, 0);
}

TEST(Migrate, EachVersionGoesOnToTheSameSchema) {
  TemporaryFolder folder;
  Connection fresh(folder.file("fresh.db"), Connection::Mode::writer);
  migrate(fresh, migrations());
  for (std::size_t released = 1; released < migrations().size(); ++released) {
    Connection old(folder.file("old" + std::to_string(released) + ".db"), Connection::Mode::writer);
    migrate(old, migrations().first(released));
    EXPECT_EQ(old.integer("PRAGMA user_version"), static_cast<std::int64_t>(released));
    migrate(old, migrations());
    EXPECT_EQ(schema_of(old), schema_of(fresh)) << released;
  }
}

TEST(Migrate, ABrokenStepLeavesNoTrace) {
  TemporaryFolder folder;
  Connection connection(folder.file("a.db"), Connection::Mode::writer);
  vector<Migration> steps(migrations().begin(), migrations().end());
  migrate(connection, steps);
  const auto before = schema_of(connection);
  steps.push_back({newest_version() + 1, "9999_broken.sql", "CREATE TABLE half (a); CREATE TABLE calls (again);"});
  EXPECT_THROW(migrate(connection, steps), SQLite::Exception);
  EXPECT_EQ(schema_of(connection), before);
  EXPECT_EQ(connection.integer("PRAGMA user_version"), newest_version());
}

TEST(Migrate, RefusesAFileOfANewerProgramUntouched) {
  TemporaryFolder folder;
  const auto path = folder.file("a.db");
  {
    Connection connection(path, Connection::Mode::writer);
    migrate(connection, migrations());
    connection.execute("PRAGMA user_version = 999");
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto before = bytes_of(path);
  EXPECT_THAT(refusal(path), HasSubstr("999"));
  EXPECT_EQ(bytes_of(path), before);
}

TEST(Migrate, RefusesAnEditedHistory) {
  TemporaryFolder folder;
  const auto path = folder.file("a.db");
  {
    Connection connection(path, Connection::Mode::writer);
    migrate(connection, migrations());
    connection.execute("UPDATE migrations SET sha256 = 'x' WHERE version = 1");
  }
  EXPECT_THAT(refusal(path), HasSubstr("0001_ledger.sql"));
}

TEST(Migrate, RefusesWhatIsNotOurs) {
  TemporaryFolder folder;
  {
    std::ofstream(folder.file("text.db")) << string(5000, 'x');
    Connection connection(folder.file("other.db"), Connection::Mode::writer);
    connection.execute("CREATE TABLE somebody_elses (a)");
  }
  EXPECT_THAT(refusal(folder.file("text.db")), HasSubstr("not a database"));
  EXPECT_THAT(refusal(folder.file("other.db")), HasSubstr("not one of callarchive"));
  EXPECT_THAT(refusal(folder.file("no/such/folder/a.db")), HasSubstr("in a folder that exists"));
}

}  // namespace
}  // namespace callarchive::storage
