// The files of an archive are removed, moved and replaced while it is served: nothing that was acknowledged is lost,
// and nothing is acknowledged any more.

#include "storage/sqlite/file_lock.h"
#include "tests/process/program.h"
#include "tests/process/senders.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace callarchive {
namespace {

using namespace test;
using process::Program;
using process::run;
using testing::HasSubstr;
namespace fs = std::filesystem;

// The only file in the folder whose name has that part.
std::string find_file(const fs::path& folder, const std::string& part) {
  std::string found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().find(part) != std::string::npos) found = entry.path().string();
  }
  EXPECT_NE(found, "") << part;
  return found;
}

const struct {
  const char* name;
  void (*exchange)(const std::string& path);
  const char* kept_in;  // a part of the name of the file that holds everything afterwards
} kExchanges[] = {
    {"the lock is removed", [](const std::string& path) { fs::remove(path + ".lock"); }, "archive.db"},
    {"the log is removed", [](const std::string& path) { fs::remove(path + "-wal"); }, "archive.db"},
    {"the log is replaced",
     [](const std::string& path) {
       std::ofstream(path + ".new") << "something else";
       fs::rename(path + ".new", path + "-wal");
     },
     "archive.db"},
    {"the shared memory is removed", [](const std::string& path) { fs::remove(path + "-shm"); }, "archive.db"},
    {"the file is removed", [](const std::string& path) { fs::remove(path); }, ".rescued-"},
    {"the file is moved", [](const std::string& path) { fs::rename(path, path + ".gone"); }, ".gone"},
    {"the file is replaced",
     [](const std::string& path) {
       fs::copy_file(path, path + ".new");
       fs::rename(path + ".new", path);
     },
     ".rescued-"},
};

class Exchange : public testing::TestWithParam<bool> {};

TEST_P(Exchange, LosesNothingThatWasAcknowledged) {
  int refused = 0;
  for (const auto& row : kExchanges) {
    SCOPED_TRACE(row.name);
    const TemporaryFolder folder;
    const auto path = folder.file("archive.db");
    std::set<std::int64_t> acknowledged;
    Program program({"serve", "--db", path, "--listen", "127.0.0.1:0"});
    const int port = program.port();
    std::int64_t next = 0;
    for (; next < 5; ++next) {
      ASSERT_EQ(post_webhook(port, next), 200);
      acknowledged.insert(next);
    }
    row.exchange(path);
    const int status = post_webhook(port, next);  // 0 if the service has ended already
    EXPECT_NE(status, 200);
    refused += status == 503;
    if (GetParam()) {
      program.wait_for_err("while the archive was open");
      program.signal(SIGKILL);
      program.wait();
    } else {
      const auto ended = program.wait();
      EXPECT_EQ(ended.exit_code, 1);
      EXPECT_THAT(ended.err, HasSubstr(R"("level":"error")"));
      EXPECT_THAT(ended.err, HasSubstr("while the archive was open"));
    }
    const bool is_in_place = std::string(row.kept_in) == "archive.db";
    const auto kept = kept_webhooks(is_in_place ? path : find_file(folder.path(), row.kept_in));
    for (const auto n : acknowledged) EXPECT_TRUE(kept.contains(n)) << "acknowledged and lost: " << n;
    if (is_in_place && std::string(row.name).find("log") == std::string::npos) expect_sound(path);
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(AndThenTheProgram, Exchange, testing::Bool(),
                         [](const auto& killed) { return killed.param ? "IsKilled" : "EndsByItself"; });

// Nothing asks it to write: it looks by itself.
TEST(ExchangedFile, IsSeenWhileNothingArrives) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  Program program({"serve", "--db", path, "--listen", "127.0.0.1:0"});
  ASSERT_EQ(post_webhook(program.port(), 1), 200);
  fs::remove(path + "-wal");
  EXPECT_EQ(program.wait().exit_code, 1);
  EXPECT_EQ(kept_webhooks(path).size(), 1u);
}

TEST(ExchangedFile, WithoutItsLockFileTheArchiveIsLockedAllTheSame) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  ASSERT_EQ(run({"import", "--db", path, "-"}, {}, R"({"topic":"PING","data":{}})").exit_code, 0);
  const storage::FileLock held(path);
  fs::remove(path + ".lock");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"import", "--db", path, "-"}, {"rebuild", "--db", path}, {"serve", "--db", path}}) {
    const auto ended = run(words, {}, R"({"topic":"PING","data":{"n":2}})");
    EXPECT_EQ(ended.exit_code, 1) << words.front();
    EXPECT_THAT(ended.err, HasSubstr("is being written by another process")) << words.front();
  }
}

}  // namespace
}  // namespace callarchive
