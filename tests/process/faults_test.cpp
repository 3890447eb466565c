// The program on a disk that fails, and with files that cannot be an archive.

#include "tests/http/raw_client.h"
#include "tests/process/program.h"
#include "tests/process/senders.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_control.h"
#include "tests/support/golden_table.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/resource.h>

namespace callarchive {
namespace {

using namespace test;
using process::Program;
using process::run;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanPreload = false;  // the sanitizer's own library wants to come first
#else
constexpr bool kCanPreload = true;
#endif

// A folder whose files a preloaded shim can spoil.
class Faulty : public testing::Test {
 protected:
  Faulty() : faults_(control_.file("control"), folder_.path().string()) {}
  void SetUp() override {
    if (!kCanPreload) GTEST_SKIP() << "no preloading under sanitizers";
  }
  std::string path() const { return folder_.file("archive.db"); }
  Faults& faults() { return faults_; }
  Program::Environment environment() const {
    return {{"LD_PRELOAD", FAULT_SHIM}, {kFaultsVariable, faults_.control_file()}};
  }
  std::vector<std::string> serve() const {
    return {"serve", "--db", path(), "--listen", "127.0.0.1:0", "--log-level", "off"};
  }

 private:
  TemporaryFolder folder_, control_;
  Faults faults_;
};

int ask(int port, const std::string& target) {
  return http::testing::exchange(port, http::testing::get(target)).status;
}

// A 503 that says what the sender has to know.
void expect_refusal(const http::testing::Answer& answer, const std::string& code) {
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("\"code\":\"" + code + "\""));
  EXPECT_THAT(answer.headers, Contains(Pair("retry-after", "5")));
}

// What /metrics tells of the log.
struct Log {
  double failed_checkpoints = 0;
  double pending_bytes = 0;  // not in the main file yet
};
Log look_at_log(int port) {
  const auto text = http::testing::exchange(port, http::testing::get("/metrics")).body;
  const auto value = [&](const std::string& name) {
    const auto line = text.find("\ncallarchive_" + name + " ");
    if (line == std::string::npos) throw std::runtime_error("no metric " + name);
    return std::stod(text.substr(text.find(' ', line)));
  };
  return {value("failed_checkpoints_total"), value("wal_pending_bytes")};
}

// Waits for the checkpoint of the next quiet moment, which moves the log or fails.
const char* checkpoint_since(const Log& before, int port) {
  Log now;
  const auto has_failed = [&] { return now.failed_checkpoints > before.failed_checkpoints; };
  EXPECT_TRUE(eventually([&] {
    now = look_at_log(port);
    return has_failed() || now.pending_bytes == 0;
  }));
  return has_failed() ? "fails" : "done";
}

struct Case {
  const char* what;
  Fault fault;
};
const Case kCases[] = {
    {"no space for the log", {kWrite, "-wal", ENOSPC}},
    {"I/O error on writing the log", {kWrite, "-wal", EIO}},
    {"I/O error on syncing the log", {kSync, "-wal", EIO}},
    {"no space for the main file", {kWrite, ".db", ENOSPC}},
    {"I/O error on syncing the main file", {kSync, ".db", EIO}},
    {"each sync 5 ms late", {.operations = kSync, .delay_us = 5000}},
    {"writes that write only half", {.operations = kWrite, .every = 3, .short_write = true}},
};

TEST_F(Faulty, AnswersTruthfullyAndHealsWithoutARestart) {
  std::string table =
      "| fault | webhook | `/readyz` | `/livez` | `/v1/calls` | checkpoint | webhook afterwards "
      "|\n|---|---|---|---|---|---|---|\n";
  std::set<std::int64_t> acknowledged;
  std::int64_t n = 0;
  {
    Program program(serve(), environment());
    const int port = program.port();
    const auto post = [&] {
      const auto answer = send_webhook(port, n);
      if (answer.status == 200) acknowledged.insert(n);
      else expect_refusal(answer, "not_durable");
      ++n;
      return answer.status;
    };
    EXPECT_EQ(post(), 200);
    for (const auto& row : kCases) {
      SCOPED_TRACE(row.what);
      EXPECT_TRUE(eventually([&] { return look_at_log(port).pending_bytes == 0; }));
      const Log before = look_at_log(port);
      faults().begin(row.fault);
      std::ostringstream line;
      const int status = post();
      line << "| " << row.what << " | " << status << " | " << ask(port, "/readyz") << " | " << ask(port, "/livez")
           << " | " << ask(port, "/v1/calls") << " | " << (status == 200 ? checkpoint_since(before, port) : "–");
      EXPECT_GT(faults().injected(), 0u);
      EXPECT_EQ(post(), status);  // also when the log could not be emptied
      faults().end();
      const int after = post();
      EXPECT_EQ(after, 200);
      table += line.str() + " | " + std::to_string(after) + " |\n";
    }
    EXPECT_TRUE(eventually([&] { return look_at_log(port).pending_bytes == 0; }));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
  }
  const auto kept = kept_webhooks(path());
  for (const auto number : acknowledged) EXPECT_TRUE(kept.contains(number)) << number;
  expect_sound(path());
  expect_in_page("docs/durability.md", "faults of the server", table);
}

TEST_F(Faulty, RefusesUnderLoadExactlyWhatItDoesNotKeep) {
  std::atomic<std::int64_t> next{0};
  Program program(serve(), environment());
  const int port = program.port();
  Senders senders(port, 16, next);
  senders.wait_for(50);
  faults().begin({kSync, "-wal", EIO, 3});
  senders.wait_for(150);
  EXPECT_GT(faults().injected(), 0u);
  faults().end();
  senders.wait_for(250);
  const auto told = senders.stop();
  EXPECT_TRUE(told.unanswered.empty());
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
  const auto kept = kept_webhooks(path());
  for (const auto n : told.acknowledged) EXPECT_TRUE(kept.contains(n)) << "acknowledged and lost: " << n;
  for (const auto n : told.refused) EXPECT_FALSE(kept.contains(n)) << "refused and kept: " << n;
  expect_sound(path());
}

// Past the limit, others are told at once to come again; who waits is stored when the file can be written again.
TEST(Queue, IsBounded) {
  constexpr int kPosts = 6;
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  Program program({"serve", "--db", path, "--listen", "127.0.0.1:0", "--log-level", "off", "--queue-limit", "1",
                   "--batch-limit", "1"});
  const int port = program.port();
  SQLite::Database foreign(path, SQLite::OPEN_READWRITE);
  foreign.exec("BEGIN IMMEDIATE");
  std::atomic<int> refused{0}, stored{0};
  std::vector<std::thread> clients;
  for (int n = 0; n < kPosts; ++n) {
    clients.emplace_back([&, n] {
      const auto answer = send_webhook(port, n);
      if (answer.status == 200) {
        ++stored;
        return;
      }
      expect_refusal(answer, "overloaded");
      ++refused;
      refused.notify_all();
    });
  }
  // One is with the writer, one waits.
  for (int seen = 0; seen < kPosts - 2; seen = refused) refused.wait(seen);
  foreign.exec("COMMIT");
  for (auto& client : clients) client.join();
  EXPECT_GT(stored, 0);
  EXPECT_EQ(kept_webhooks(path).size(), static_cast<std::size_t>(stored));
}

// The system's own fence around a file's size, drawn round the running program.
TEST(FullDisk, IsA503AndHealsWithoutARestart) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  Program program({"serve", "--db", path, "--listen", "127.0.0.1:0", "--log-level", "off"});
  const int port = program.port();
  ASSERT_EQ(post_webhook(port, 0), 200);
  const rlimit tight{.rlim_cur = 1u << 20, .rlim_max = RLIM_INFINITY};
  const rlimit wide{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_FSIZE, &tight, nullptr), 0);
  std::int64_t n = 1;
  int status = 200;
  while (n < 2000 && (status = post_webhook(port, n)) == 200) ++n;
  EXPECT_EQ(status, 503);
  EXPECT_EQ(ask(port, "/v1/calls"), 200);
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_FSIZE, &wide, nullptr), 0);
  EXPECT_EQ(post_webhook(port, n), 200);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
  EXPECT_EQ(kept_webhooks(path).size(), static_cast<std::size_t>(n + 1));
  expect_sound(path);
}

// What cannot be opened: exit code 1, one clear sentence, nothing changed.
class CannotServe : public Faulty {
 protected:
  std::string refusal() {
    const auto ended = run(serve(), environment());
    EXPECT_EQ(ended.exit_code, 1);
    return ended.err;
  }
  void make_archive() { ASSERT_EQ(run({"migrate", "--db", path()}).exit_code, 0); }
};

TEST_F(CannotServe, AFileThatIsNoDatabase) {
  std::ofstream(path()) << std::string(5000, '.');
  EXPECT_THAT(refusal(), HasSubstr("not a database"));
}

TEST_F(CannotServe, AFileOfANewerProgram) {
  make_archive();
  SQLite::Database(path(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 9999");
  EXPECT_THAT(refusal(), HasSubstr("newer callarchive"));
}

TEST_F(CannotServe, AMissingFolder) {
  const auto ended = run({"serve", "--db", path() + ".d/archive.db", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("No such file or directory"));
}

TEST_F(CannotServe, AFileThatAnotherProcessWrites) {
  Program first(serve(), environment());
  const int port = first.port();
  EXPECT_THAT(refusal(), HasSubstr("process " + std::to_string(first.pid())));
  EXPECT_EQ(post_webhook(port, 0), 200);
}

TEST_F(CannotServe, AReadOnlyFile) {
  make_archive();
  faults().begin({kOpenToWrite, "archive.db", EACCES});
  EXPECT_THAT(refusal(), HasSubstr("read-only"));
}

TEST_F(CannotServe, AReadOnlyFolder) {
  make_archive();
  faults().begin({kOpenToWrite, "", EROFS});
  EXPECT_THAT(refusal(), HasSubstr("Read-only file system"));
}

TEST_F(CannotServe, ANetworkFilesystem) {
  faults().begin({kStatfs});
  EXPECT_THAT(refusal(), HasSubstr("network filesystem"));
}

}  // namespace
}  // namespace callarchive
