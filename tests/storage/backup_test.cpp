#include "storage/care/backup.h"

#include "storage/care/doctor.h"
#include "storage/care/rebuild.h"
#include "storage/sqlite/temporary_file.h"
#include "tests/support/plain_decoder.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace callarchive {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

void tell(Archive& archive, int n) {
  auto delivery = plain_delivery(n);
  auto event = decode_plain(delivery);
  archive.store(std::move(delivery), std::move(event));
}

const ReportCopy kSilent = [](const CopyProgress&) {};

// An archive with some deliveries in a folder.
class BackupTest : public testing::Test {
 protected:
  BackupTest() : archive_(std::make_unique<Archive>(ArchiveOptions{.path = path()}, decode_plain)) {
    for (int n = 0; n < kTold; ++n) tell(*archive_, n);
  }
  std::string path() const { return folder_.file("archive.db"); }
  std::string file(const std::string& name) const { return folder_.file(name); }
  vector<string> temporary_files() const {
    vector<string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().string().find(".tmp") != string::npos) names.push_back(entry.path().filename());
    }
    return names;
  }
  Archive& archive() { return *archive_; }
  void close() { archive_.reset(); }

  static constexpr int kTold = 200;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Archive> archive_;
};

template <typename Work>
std::string refusal(const Work& work) {
  try {
    work();
    return "done";
  } catch (const CannotOpen& error) {
    return error.what();
  }
}

vector<string> failures(const std::string& path) {
  vector<string> failed;
  for (const auto& finding : examine({.archive = {.path = path}}, decode_plain, [](const auto&) {})) {
    if (finding.verdict == Finding::Verdict::fail) failed.push_back(finding.name + ": " + finding.text);
  }
  return failed;
}

TEST_F(BackupTest, IsOneMomentWhileTheArchiveIsWritten) {
  std::atomic<bool> stop{false};
  std::atomic<int> next{kTold};
  std::thread writer([&] {
    while (!stop) tell(archive(), next++);
  });
  while (next < kTold + 20) std::this_thread::yield();
  const int before = next;
  const auto result = backup(path(), file("copy.db"), kSilent);
  stop = true;
  writer.join();
  EXPECT_GE(result.deliveries, before - 1);
  EXPECT_EQ(SQLite::Database(file("copy.db")).execAndGet("SELECT count(*) FROM deliveries").getInt64(),
            result.deliveries);
  EXPECT_THAT(failures(file("copy.db")), testing::IsEmpty());
  EXPECT_FALSE(fs::exists(file("copy.db-wal")));
  EXPECT_THAT(temporary_files(), testing::IsEmpty());
}

TEST_F(BackupTest, HoldsWhatStandsOnlyInTheLog) {
  EXPECT_GT(fs::file_size(path() + "-wal"), 0u);
  EXPECT_EQ(backup(path(), file("copy.db"), kSilent).deliveries, kTold);
}

TEST_F(BackupTest, DoesNotOverwrite) {
  std::ofstream(file("copy.db")) << "dear to somebody";
  EXPECT_THAT(refusal([&] { backup(path(), file("copy.db"), kSilent); }), HasSubstr("exists already"));
  EXPECT_EQ(fs::file_size(file("copy.db")), 16u);
}

TEST_F(BackupTest, StoppedByItsReportLeavesNothing) {
  struct Stop {};
  EXPECT_THROW(backup(path(), file("copy.db"), [](const auto&) { throw Stop{}; }), Stop);
  EXPECT_FALSE(fs::exists(file("copy.db")));
  EXPECT_THAT(temporary_files(), testing::IsEmpty());
}

TEST_F(BackupTest, OfTwoAtOnceToOneFileOneIsMade) {
  std::atomic<int> begun{0};
  const ReportCopy meet = [&](const CopyProgress& now) {
    if (now.done < now.total) return;
    for (++begun; begun < 2;) std::this_thread::yield();
  };
  vector<string> told(2);
  const auto copy = [&](string& said) { said = refusal([&] { backup(path(), file("copy.db"), meet); }); };
  std::thread other(copy, std::ref(told[0]));
  copy(told[1]);
  other.join();
  EXPECT_THAT(told, testing::UnorderedElementsAre("done", HasSubstr("exists already")));
  EXPECT_THAT(failures(file("copy.db")), testing::IsEmpty());
}

TEST_F(BackupTest, RemovesHalfCopiesOfKilledRunsAlone) {
  fs::create_directory(file("copies"));
  const auto left = [&](const char* name) {
    return std::ofstream(file("copies/") + name) << "half", file("copies/") + name;
  };
  const auto half = left("archive-20200101T000000Z.db.part-77-0.tmp");
  const auto journal = left("archive-20200101T000000Z.db.part-78-0.tmp-journal");
  const auto foreign = left("other-20200101T000000Z.db.part-77-0.tmp");
  const auto dear = left("archive-20200101T000000Z.db.part");
  const storage::TemporaryFile held(file("copies/archive-20200102T000000Z.db.part"));
  backup(path(), file("copies"), kSilent);
  for (const auto& path : {half, journal}) EXPECT_FALSE(fs::exists(path)) << path;
  for (const auto& path : {foreign, dear, held.path()}) EXPECT_TRUE(fs::exists(path)) << path;

  const auto version = left("../archive.db.v3-20200101T000000Z.db.part-77-0.tmp");
  storage::copy_before_migration(path(), 3);
  EXPECT_FALSE(fs::exists(version));
}

TEST_F(BackupTest, KeepsTheNewestOfItsOwnKindOnly) {
  fs::create_directory(file("copies"));
  for (const char* name : {"archive-20200101T000000Z.db", "archive-20210101T000000Z.db"}) {
    backup(path(), file("copies/") + name, kSilent);
  }
  for (const char* name : {"archive-20200102T000000Z.db", "archive-20200101T000000Z.db.gz", "archive-mine.db",
                           "other-20200101T000000Z.db"}) {
    std::ofstream(file("copies/") + name) << name;
  }
  const auto result = backup(path(), file("copies"), kSilent, 2);
  EXPECT_THAT(result.removed, testing::ElementsAre(file("copies/archive-20200101T000000Z.db")));
  EXPECT_EQ(result.foreign, 1);
  EXPECT_TRUE(fs::exists(result.path));
  EXPECT_EQ(std::distance(fs::directory_iterator(file("copies")), fs::directory_iterator()), 6);
}

TEST_F(BackupTest, KeepsTheNewOneEvenWhereTheClockWasWrong) {
  fs::create_directory(file("copies"));
  const auto future = file("copies/archive-21000101T000000Z.db");
  backup(path(), future, kSilent);
  const auto result = backup(path(), file("copies"), kSilent, 1);
  EXPECT_TRUE(fs::exists(result.path));
  EXPECT_THAT(result.removed, testing::ElementsAre(future));
}

// Two archives of one file name, and one folder for the copies of both.
TEST_F(BackupTest, LeavesTheCopiesOfOtherArchivesAlone) {
  fs::create_directory(file("copies"));
  fs::create_directory(file("other"));
  Archive other({.path = file("other/archive.db")}, decode_plain);
  const auto theirs = file("copies/archive-20200101T000000Z.db");
  backup(file("other/archive.db"), theirs, kSilent);
  const auto result = backup(path(), file("copies"), kSilent, 1);
  EXPECT_THAT(result.removed, testing::IsEmpty());
  EXPECT_EQ(result.foreign, 1);
  EXPECT_TRUE(fs::exists(theirs));
}

TEST_F(BackupTest, RemovesNothingWhenTheNewCopyHasLess) {
  fs::create_directory(file("copies"));
  const auto old = file("copies/archive-20200101T000000Z.db"), full = file("copies/archive-20210101T000000Z.db");
  backup(path(), old, kSilent);
  backup(path(), full, kSilent);
  close();
  SQLite::Database(path(), SQLite::OPEN_READWRITE).exec("DELETE FROM deliveries WHERE id > 100");
  const auto result = backup(path(), file("copies"), kSilent, 1);
  EXPECT_THAT(result.removed, testing::IsEmpty());
  EXPECT_THAT(result.kept_back, testing::AllOf(HasSubstr("has 100 deliveries"), HasSubstr("has 200 deliveries")));
  EXPECT_TRUE(fs::exists(old) && fs::exists(full));
}

TEST_F(BackupTest, RefusesWhatIsNoArchive) {
  std::ofstream(file("notes.txt")) << std::string(5000, '.');
  EXPECT_THAT(refusal([&] { backup(file("notes.txt"), file("copy.db"), kSilent); }), HasSubstr("not a database"));
  EXPECT_THAT(refusal([&] { backup(file("none.db"), file("copy.db"), kSilent); }), HasSubstr("no such file"));
  EXPECT_FALSE(fs::exists(file("copy.db")));
}

TEST_F(BackupTest, RestoresTheSameTablesAndDropsAForeignLog) {
  backup(path(), file("copy.db"), kSilent);
  close();
  fs::copy_file(path(), file("old.db"));
  std::ofstream(file("new.db-wal")) << "of a file that is lost";
  restore(file("copy.db"), file("new.db"), kSilent);
  std::string before, after;
  dump_tables(file("old.db"), [&](auto line) { before += line; });
  dump_tables(file("new.db"), [&](auto line) { after += line; });
  EXPECT_EQ(before, after);
  Archive restored({.path = file("new.db")}, decode_plain);
  tell(restored, kTold);
  EXPECT_EQ(restored.reader().count_deliveries({}, true).total, kTold + 1);
}

TEST_F(BackupTest, RestoreNeverOverwrites) {
  backup(path(), file("copy.db"), kSilent);
  EXPECT_THAT(refusal([&] { restore(file("copy.db"), path(), kSilent); }), HasSubstr("exists already"));
  archive().check_writable();
}

TEST_F(BackupTest, RestoreRefusesADamagedCopy) {
  backup(path(), file("copy.db"), kSilent);
  {
    std::fstream damaged(file("copy.db"), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(40 * 4096);
    damaged << std::string(8192, '\x5a');
  }
  EXPECT_THROW(restore(file("copy.db"), file("new.db"), kSilent), std::runtime_error);
  EXPECT_FALSE(fs::exists(file("new.db")));
}

// One bit of one body: the copy is made, but no other one goes for it, and the delivery is named.
TEST_F(BackupTest, NamesADamagedBodyAndRemovesNothing) {
  fs::create_directory(file("copies"));
  const auto whole = file("copies/archive-20200101T000000Z.db");
  backup(path(), whole, kSilent);
  close();
  SQLite::Database(path(), SQLite::OPEN_READWRITE)
      .exec("UPDATE deliveries SET body = CAST('x' || substr(CAST(body AS TEXT), 2) AS BLOB) WHERE id IN (77, 120)");
  const auto result = backup(path(), file("copies"), kSilent, 1);
  EXPECT_EQ(result.damage.count, 2);
  EXPECT_THAT(result.damage.in_words(), HasSubstr("the first: delivery 77"));
  EXPECT_THAT(result.removed, testing::IsEmpty());
  EXPECT_TRUE(fs::exists(whole) && fs::exists(result.path));
  EXPECT_EQ(restore(result.path, file("new.db"), kSilent).damage.first, 77);
  EXPECT_EQ(restore(whole, file("other.db"), kSilent).damage.count, 0);
}

// Everything that changes a row of the ledger seals it again.
TEST_F(BackupTest, RedeliveriesAndRebuildsKeepTheSeals) {
  tell(archive(), 5);
  EXPECT_THAT(failures(path()), testing::IsEmpty());
  close();
  rebuild({.path = path()}, decode_plain, [](const auto&) {});
  SQLite::Database database(path(), SQLite::OPEN_READONLY);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM deliveries WHERE seal IS NULL").getInt(), 0);
  EXPECT_EQ(database.execAndGet("SELECT times_received FROM deliveries WHERE id = 6").getInt(), 2);
  EXPECT_THAT(failures(path()), testing::IsEmpty());
}

using DoctorTest = BackupTest;

const Finding& find(const vector<Finding>& findings, const std::string& name) {
  for (const auto& finding : findings) {
    if (finding.name == name) return finding;
  }
  throw std::runtime_error("no finding " + name);
}

vector<Finding> examine_file(const std::string& path) {
  return examine({.archive = {.path = path}}, decode_plain, [](const auto&) {});
}

TEST_F(DoctorTest, FindsNothingWrongWhileTheArchiveIsWritten) {
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int n = kTold; !stop; ++n) tell(archive(), n);
  });
  EXPECT_THAT(failures(path()), testing::IsEmpty());
  stop = true;
  writer.join();
}

TEST_F(DoctorTest, TwoAtOnceFindTheSame) {
  vector<string> found;
  std::thread other([&] { found = failures(path()); });
  EXPECT_THAT(failures(path()), testing::IsEmpty());
  other.join();
  EXPECT_THAT(found, testing::IsEmpty());
  EXPECT_THAT(temporary_files(), testing::IsEmpty());
}

TEST_F(DoctorTest, RemovesWhatKilledRunsLeft) {
  for (const char* left : {".doctor-77-0.tmp", ".doctor-77-0.tmp-wal", ".doctor-77-0.tmp.check-77-1.tmp",
                           ".doctor-78-0.tmp.lines-78-1.tmp"}) {
    std::ofstream(path() + left) << "left";
  }
  EXPECT_THAT(failures(path()), testing::IsEmpty());
  EXPECT_THAT(temporary_files(), testing::IsEmpty());
}

// Each damage is seen by the check that is there for it.
TEST_F(DoctorTest, SeesWhatIsWrong) {
  const struct {
    const char* damage;
    const char* finding;
  } kRows[] = {
      {"DELETE FROM search_data WHERE id > 10", "search_index"},
      {"UPDATE messages SET content = 'something else' WHERE item = (SELECT min(item) FROM messages)", "tables"},
      {"UPDATE calls SET user_id = 77 WHERE item = (SELECT min(item) FROM calls)", "foreign_keys"},
      {"DELETE FROM deliveries WHERE id = 100", "ledger"},
      {"UPDATE deliveries SET body = CAST('something else' AS BLOB) WHERE id = 100", "bodies"},
      {"UPDATE deliveries SET received_at = received_at + 1 WHERE id = 100", "bodies"},
      {"UPDATE deliveries SET topic = 'another' WHERE id = 100", "bodies"},
      {"UPDATE deliveries SET webhook_id = 'another' WHERE id = 100", "bodies"},
      {"UPDATE deliveries SET outcome = 'noted' WHERE id = 100", "bodies"},
      {"UPDATE deliveries SET times_received = 2 WHERE id = 100", "bodies"},
      {"PRAGMA user_version = 9999", "schema"},
      {"DROP INDEX deliveries_by_sha256", "structure"},
      {"DROP VIEW call_log; CREATE VIEW call_log AS SELECT 1", "structure"},
      {"DELETE FROM settings WHERE name = 'default_region'", "structure"},
  };
  close();
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.damage);
    const auto copy = file("damaged.db");
    fs::copy_file(path(), copy, fs::copy_options::overwrite_existing);
    SQLite::Database(copy, SQLite::OPEN_READWRITE).exec(row.damage);
    EXPECT_EQ(find(examine_file(copy), row.finding).verdict, Finding::Verdict::fail);
  }
  EXPECT_EQ(find(examine_file(file("none.db")), "schema").verdict, Finding::Verdict::fail);
}

TEST_F(DoctorTest, NamesWhatIsMissingAndWhatIsNotOurs) {
  close();
  const auto structure = [&] { return find(examine_file(path()), "structure"); };
  SQLite::Database database(path(), SQLite::OPEN_READWRITE);
  database.exec("CREATE VIEW mine AS SELECT 1");
  EXPECT_EQ(structure().verdict, Finding::Verdict::warn);
  EXPECT_EQ(structure().text, "view mine is not part of the schema");
  database.exec("DROP INDEX deliveries_by_topic");
  EXPECT_EQ(structure().verdict, Finding::Verdict::fail);
  EXPECT_EQ(
      structure().text,
      "index deliveries_by_topic is missing, view mine is not part of the schema; `callarchive rebuild` makes what"
      " is missing again");
}

TEST_F(DoctorTest, FailsAfterALongSilence) {
  const auto findings = examine({.archive = {.path = path()}, .quick = true, .silence = std::chrono::hours(24)},
                                decode_plain, [](const auto&) {});
  EXPECT_EQ(find(findings, "silence").verdict, Finding::Verdict::fail);
}

TEST(KnownBugs, TellsTheVersionsThatLoseCommits) {
  for (const int bad : {3007000, 3040001, 3044005, 3045000, 3050006, 3051002}) {
    EXPECT_NE(storage::known_bugs(bad), "") << bad;
  }
  for (const int good : {3006999, 3044006, 3050007, 3051003, 3053000}) EXPECT_EQ(storage::known_bugs(good), "") << good;
}

}  // namespace
}  // namespace callarchive
