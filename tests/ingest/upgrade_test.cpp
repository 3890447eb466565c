// Archives that older programs wrote, as tests/schema/ has them, opened by this one.

#include "server/ingest/decode.h"
#include "storage/care/dump.h"
#include "storage/care/rebuild.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrate.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace callarchive {
namespace {

using testing::HasSubstr;

constexpr int kFirstWithRows = 7;

// Writes the archive of a schema version to `path`.
void write_archive(const string& path, int version) {
  const string digits = std::to_string(version);
  const string dump = SOURCE_DIR "/tests/schema/v" + string(4 - digits.size(), '0') + digits + ".sql";
  std::ifstream file(dump);
  ASSERT_TRUE(file) << dump;
  std::stringstream sql;
  sql << file.rdbuf();
  storage::Connection connection(path, storage::Connection::Mode::writer);
  connection.execute(sql.str());
}

string dump_of(const string& path) {
  string text;
  dump_tables(path, [&](std::string_view line) { (text += line) += '\n'; });
  return text;
}

// Opens an archive for writing, which brings it up to date, until the search index is whole.
void open_until_folded(const ArchiveOptions& options) {
  Archive archive(options, decode);
  while (archive.is_folding()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  archive.close();
}

TEST(Upgrade, EveryVersionHasTheTablesThatItsLedgerMakes) {
  test::TemporaryFolder folder;
  string newest;
  for (int version = storage::newest_version(); version >= 1; --version) {
    SCOPED_TRACE(version);
    const ArchiveOptions options{.path = folder.file("v" + std::to_string(version) + ".db")};
    ASSERT_NO_FATAL_FAILURE(write_archive(options.path, version));
    open_until_folded(options);
    const auto checked = check_rebuild(options, decode, [](const auto&) {});
    EXPECT_EQ(checked.difference_count, 0) << checked.differences.front();
    if (version < kFirstWithRows) continue;
    EXPECT_GT(checked.deliveries, 0);
    const auto dump = dump_of(options.path);
    if (newest.empty()) newest = dump;
    EXPECT_EQ(dump, newest);
  }
}

// Makes the deliveries of an archive look as an older program left them: with other canonical numbers.
void forget_numbers(const string& path) {
  storage::Connection connection(path, storage::Connection::Mode::writer);
  connection.execute(
      "DELETE FROM settings WHERE name = 'projection'; UPDATE numbers SET number = number || ';ext=1', kind = "
      "'unknown'");
}

TEST(Upgrade, NumbersAreReadAgainWithProgress) {
  test::TemporaryFolder folder;
  ArchiveOptions options{.path = folder.file("a.db")};
  write_archive(options.path, kFirstWithRows);
  Archive(options, decode).close();
  const auto before = dump_of(options.path);
  forget_numbers(options.path);
  EXPECT_NE(dump_of(options.path), before);
  std::int64_t done = 0, total = 0;
  options.report_upgrade = [&](std::int64_t now, std::int64_t all) { done = now, total = all; };
  {
    Archive archive(options, decode);
    EXPECT_TRUE(archive.reader().find_number("+33612345678"));
  }
  EXPECT_GT(total, 0);
  EXPECT_EQ(done, total);
  EXPECT_EQ(dump_of(options.path), before);
  done = 0;
  Archive(options, decode).close();
  EXPECT_EQ(done, 0) << "once is enough";
}

TEST(Upgrade, OneThatIsStoppedLeavesTheFileAsItWas) {
  struct Stop {};
  test::TemporaryFolder folder;
  ArchiveOptions options{.path = folder.file("a.db")};
  write_archive(options.path, kFirstWithRows);
  Archive(options, decode).close();
  const auto good = dump_of(options.path);
  forget_numbers(options.path);
  const auto before = dump_of(options.path);
  options.report_upgrade = [](std::int64_t, std::int64_t) { throw Stop(); };
  EXPECT_THROW(Archive(options, decode), Stop);
  EXPECT_EQ(dump_of(options.path), before);
  // Until it is done, nobody is given answers from the old tables.
  try {
    Archive(ArchiveOptions{.path = options.path, .read_only = true}, decode);
    ADD_FAILURE() << "opened";
  } catch (const CannotOpen& error) {
    EXPECT_THAT(error.what(), HasSubstr("migrate"));
  }
  options.report_upgrade = {};
  Archive(options, decode).close();
  EXPECT_EQ(dump_of(options.path), good);
}

}  // namespace
}  // namespace callarchive
