// Files and folders that cannot be an archive: a clear word, and nothing in them is changed.

#include "storage/archive.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrate.h"
#include "tests/support/fault_control.h"
#include "tests/support/plain_decoder.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include <sys/resource.h>

namespace callarchive {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// What opening says, or "opened".
std::string open(const std::string& path) {
  try {
    Archive archive({.path = path}, decode_plain);
    return "opened";
  } catch (const CannotOpen& error) {
    return error.what();
  }
}

void make_archive(const std::string& path) {
  Archive archive({.path = path}, decode_plain);
  auto delivery = plain_delivery(0);
  auto event = decode_plain(delivery);
  archive.store(std::move(delivery), std::move(event));
}

TEST(Open, RefusesAMissingFolder) {
  TemporaryFolder folder;
  EXPECT_THAT(open(folder.file("nowhere/archive.db")), HasSubstr("No such file or directory"));
  EXPECT_FALSE(fs::exists(folder.file("nowhere")));
}

TEST(Open, LeavesAFileThatIsNoDatabaseAlone) {
  TemporaryFolder folder;
  const auto path = folder.file("notes.txt");
  std::ofstream(path) << "Buy milk. " << std::string(5000, '.');
  const auto before = content(path);
  EXPECT_THAT(open(path), HasSubstr("not a database"));
  EXPECT_EQ(content(path), before);
  EXPECT_FALSE(fs::exists(path + "-wal"));
}

TEST(Open, LeavesAForeignDatabaseAlone) {
  TemporaryFolder folder;
  const auto path = folder.file("foreign.db");
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE cookies (name TEXT)");
  const auto before = content(path);
  EXPECT_THAT(open(path), HasSubstr("not one of callarchive"));
  EXPECT_EQ(content(path), before);
}

TEST(Open, LeavesAFileOfANewerProgramAlone) {
  TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  make_archive(path);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)");
  const auto before = content(path);
  EXPECT_THAT(open(path), AllOf(HasSubstr("9999"), HasSubstr("newer")));
  EXPECT_EQ(content(path), before);
}

TEST(Open, CopiesAFileOfAnOlderSchemaBeforeItIsMigrated) {
  TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  {
    storage::Connection connection(path, storage::Connection::Mode::writer);
    storage::migrate(connection, storage::migrations().first(3));
    connection.execute("INSERT INTO settings (name, value) VALUES ('default_region', 'FR')");
  }
  EXPECT_EQ(open(path), "opened");
  std::vector<std::string> copies;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("archive.db.v3-")) copies.push_back(entry.path().string());
  }
  ASSERT_EQ(copies.size(), 1u);
  storage::Connection copy(copies.front(), storage::Connection::Mode::read_only);
  EXPECT_EQ(copy.integer("PRAGMA user_version"), 3);
  EXPECT_EQ(copy.text("SELECT value FROM settings"), "FR");
}

TEST(Open, NamesTheProcessThatHoldsTheFileByWhateverLink) {
  TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  Archive first({.path = path}, decode_plain);
  fs::create_symlink(path, folder.file("link.db"));
  const auto holder = "process " + std::to_string(::getpid());
  EXPECT_THAT(open(path), HasSubstr(holder));
  EXPECT_THAT(open(folder.file("link.db")), HasSubstr(holder));
  first.check_writable();
}

TEST(Open, ALinkToAFileThatIsNotThereYetIsThatFile) {
  TemporaryFolder folder, links;
  const auto path = folder.file("archive.db");
  fs::create_symlink(path, links.file("absolute.db"));
  fs::create_symlink("absolute.db", links.file("relative.db"));
  Archive first({.path = links.file("relative.db")}, decode_plain);
  ASSERT_TRUE(fs::exists(path));
  for (const auto& name : {path, links.file("absolute.db"), links.file("relative.db")}) {
    EXPECT_THAT(open(name), HasSubstr("process " + std::to_string(::getpid()))) << name;
  }
  fs::create_symlink("round.db", links.file("round.db"));
  EXPECT_THAT(open(links.file("round.db")), HasSubstr("cannot follow the symbolic link"));
}

TEST(Open, RefusesAFileOfTwoNames) {
  TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  make_archive(path);
  fs::create_hard_link(path, folder.file("other.db"));
  for (const auto& name : {path, folder.file("other.db")}) EXPECT_THAT(open(name), HasSubstr("2 names (hard links)"));
  EXPECT_FALSE(fs::exists(folder.file("other.db.lock")));
  fs::remove(folder.file("other.db"));
  EXPECT_EQ(open(path), "opened");
}

// The system says "no" through the shim, so that the tests mean the same for root.
class OpenWithFaults : public testing::Test {
 protected:
  OpenWithFaults() : faults_(control_.file("control"), folder_.path().string()) {
    make_archive(path());
    fault_shim_attach(faults_.control_file().c_str());
  }
  std::string path() const { return folder_.file("archive.db"); }
  // What opening says with the fault; the file must not change and must open afterwards.
  std::string open_spoiled(const Fault& fault) {
    const auto before = content(path());
    faults_.begin(fault);
    const auto said = open(path());
    faults_.end();
    EXPECT_EQ(content(path()), before);
    EXPECT_EQ(open(path()), "opened");
    return said;
  }

 private:
  TemporaryFolder folder_, control_;
  Faults faults_;
};

TEST_F(OpenWithFaults, RefusesAReadOnlyFile) {
  EXPECT_THAT(open_spoiled({kOpenToWrite, "archive.db", EACCES}), HasSubstr("read-only"));
}

TEST_F(OpenWithFaults, RefusesAReadOnlyFolder) {
  EXPECT_THAT(open_spoiled({kOpenToWrite, "", EROFS}), HasSubstr("Read-only file system"));
}

TEST_F(OpenWithFaults, RefusesANetworkFilesystem) {
  EXPECT_THAT(open_spoiled({kStatfs}), AllOf(HasSubstr("network filesystem"), HasSubstr("NFS")));
}

TEST_F(OpenWithFaults, SaysThatTheFileCannotBeRead) {
  EXPECT_THAT(open_spoiled({kRead, ".db", EIO}), HasSubstr("disk I/O error"));
}

// A full disk, by the system's own means: no file may grow beyond a size.
TEST(DiskFull, RefusesAndHealsWhenThereIsRoomAgain) {
  TemporaryFolder folder;
  std::vector<std::string> told;
  ArchiveOptions options{.path = folder.file("archive.db")};
  options.report = [&](Severity, const std::string& text) { told.push_back(text); };
  Archive archive(std::move(options), decode_plain);
  const auto tell = [&](int n) {
    auto delivery = plain_delivery(n, std::string(20000, 'x'));
    auto event = decode_plain(delivery);
    try {
      archive.store(std::move(delivery), std::move(event));
      return true;
    } catch (const NotDurable& error) {
      EXPECT_STRNE(error.what(), "");
      return false;
    }
  };
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = 1u << 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  int stored = 0, refused = 0;
  for (int n = 0; n < 100; ++n) (tell(n) ? stored : refused) += 1;
  // There is room for less than a delivery: it is not ready.
  EXPECT_THROW(archive.check_writable(), NotDurable);
  EXPECT_TRUE(archive.metrics().last_error.has_value());
  EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_GT(stored, 0);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(archive.reader().count_deliveries({}, true).total, stored);
  EXPECT_TRUE(tell(100));
  EXPECT_FALSE(archive.metrics().last_error.has_value());
  archive.close();
  EXPECT_THAT(told, testing::ElementsAre(HasSubstr("writing fails, deliveries are refused: "),
                                         HasSubstr("writing works again after ")));
}

}  // namespace
}  // namespace callarchive
