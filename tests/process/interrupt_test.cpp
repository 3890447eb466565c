// SIGTERM in the middle of every command that may last: while it reads and writes a slow disk, while nobody takes what
// it prints, while nothing comes to be read. Each is over within a second; a busy machine is given four more.

#include "tests/process/service.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_control.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace callarchive::process {
namespace {

using namespace test;
using Words = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPromised{1}, kForABusyMachine{4};
constexpr int kEvents = 2000;
constexpr std::uint64_t kInTheMiddle = 40;  // calls of the slow disk: two seconds
constexpr std::uint64_t kSoon = 10;         // a query has a limit of time
constexpr int kSmallPipe = 4096;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanPreload = false;  // the sanitizer's own library wants to come first
#else
constexpr bool kCanPreload = true;
#endif

class Interrupt : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    import_generated(file("archive.db"), kEvents);
    ASSERT_EQ(run({"backup", "--db", file("archive.db"), file("copy.db")}).exit_code, 0);
    std::ofstream(file("events.ndjson")) << run({"generate", "--count", std::to_string(kEvents)}).out;
    std::ifstream dump(SOURCE_DIR "/tests/schema/v0003.sql");
    std::stringstream sql;
    sql << dump.rdbuf();
    SQLite::Database(file("old.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql.str());
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string file(const std::string& name) { return folder_->file(name); }

  static void expect_to_end(Program& program, const std::string& what, int exit_code = 128 + SIGTERM) {
    const auto begin = Clock::now();
    program.signal(SIGTERM);
    const Ended ended = program.wait(kPromised + kForABusyMachine);
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    std::cout << what << ": " << taken.count() << " ms\n";
    EXPECT_EQ(ended.exit_code, exit_code) << what << ": " << ended.err;
  }

 private:
  static inline std::unique_ptr<TemporaryFolder> folder_;
};

TEST_F(Interrupt, EndsWorkOnASlowDisk) {
  if (!kCanPreload) GTEST_SKIP() << "no preloading under sanitizers";
  const std::string archive = file("archive.db");
  const Words table[] = {
      {"import", "--db", file("new.db"), file("events.ndjson")},
      {"backup", "--db", archive, file("other.db")},
      {"restore", "--db", file("restored.db"), file("copy.db")},
      {"doctor", "--db", archive},
      {"rebuild", "--db", archive},
      {"rebuild", "--check", "--db", archive},
      {"migrate", "--db", file("old.db")},
      {"dump", "--db", archive},
      {"export", "calls", "--db", archive},
      {"search", "--db", archive, "the"},
      {"stats", "--db", archive},
  };
  const TemporaryFolder control;
  for (const Words& words : table) {
    Faults faults(control.file("control"), std::filesystem::path(archive).parent_path().string());
    faults.begin({.operations = kRead | kWrite | kSync, .delay_us = 50'000});
    Program program(words, {{"LD_PRELOAD", FAULT_SHIM}, {kFaultsVariable, faults.control_file()}});
    const auto calls = words[0] == "search" || words[0] == "stats" ? kSoon : kInTheMiddle;
    ASSERT_TRUE(eventually([&] { return faults.injected() >= calls; })) << words[0];
    expect_to_end(program, words[0] + ' ' + words[1]);
  }
  // What is there is as it was.
  EXPECT_EQ(run({"doctor", "--db", archive}).exit_code, 0);
}

// The shell opens the pipe, and then is the program.
Words into_pipe(const std::string& pipe, const Words& words) {
  Words all = {"-c", "exec \"$0\" \"$@\" >'" + pipe + "'", CALLARCHIVE_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

TEST_F(Interrupt, EndsWhatNobodyReads) {
  const std::string archive = file("archive.db");
  const Words table[] = {
      {"export", "calls", "--db", archive},
      {"export", "messages", "--format", "csv", "--db", archive},
      {"search", "--limit", "500", "--json", "--db", archive, "the"},
      {"calls", "--limit", "500", "--db", archive},
      {"messages", "--limit", "500", "--db", archive},
      {"dump", "--db", archive},
      {"generate", "--count", "100000"},
  };
  const std::string pipe = file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const Words& words : table) {
    const int end = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::fcntl(end, F_SETPIPE_SZ, kSmallPipe), kSmallPipe);
    Program program(into_pipe(pipe, words), {}, {}, "sh");
    // Nothing more comes: what is to be written next does not fit.
    const auto is_full = [&, before = 0]() mutable {
      int unread = 0;
      const bool is_same = ::ioctl(end, FIONREAD, &unread) == 0 && unread > 0 && unread == before;
      before = unread;
      return is_same;
    };
    EXPECT_TRUE(eventually(is_full)) << words[0];
    expect_to_end(program, words[0]);
    ::close(end);
  }
}

TEST_F(Interrupt, EndsWhatWaitsForInput) {
  const std::string pipe = file("input");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int end = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  Program program({"import", "--db", file("from-pipe.db"), pipe});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(file("from-pipe.db")); }));
  expect_to_end(program, "import");
  ::close(end);
}

// With clients that say nothing, and one that asks for what it does not read.
TEST_F(Interrupt, EndsTheService) {
  Program program({"serve", "--db", file("archive.db"), "--listen", "127.0.0.1:0", "--log-level", "off"});
  const int port = program.port();
  std::vector<http::testing::RawClient> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(port);
  clients[0].send(http::testing::get("/livez"));
  ASSERT_TRUE(clients[0].receive());
  expect_to_end(program, "serve", 0);
}

}  // namespace
}  // namespace callarchive::process
