// Killed at any moment, the program keeps what it has acknowledged.

#include "tests/process/program.h"
#include "tests/process/senders.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace callarchive {
namespace {

using namespace test;
using process::Program;

constexpr int kSenders = 24;
// So often a file is killed over. It is looked through as a whole each time, which takes longer the more it holds.
constexpr int kCrashesOfAFile = 20;

// How many times to kill: 10, or as CRASHES says (scripts/crash-test).
int crashes() {
  const char* text = std::getenv("CRASHES");
  return text == nullptr ? 10 : std::atoi(text);
}

void expect_kept(const std::string& path, const std::set<std::int64_t>& acknowledged) {
  const auto kept = kept_webhooks(path);
  for (const auto n : acknowledged) EXPECT_TRUE(kept.contains(n)) << "acknowledged and lost: " << n;
  for (const auto& [n, times] : kept) EXPECT_EQ(times, 1) << "there twice: " << n;
}

// Moves the moment about: by up to 20 ms under load, and each fifth time about the checkpoint that begins a quarter of
// a second after the last delivery.
void pause_before_kill(int round, Senders& senders, std::mt19937& random) {
  const auto wait = [&](int from_us, int to_us) {
    const std::chrono::microseconds pause(std::uniform_int_distribution<int>(from_us, to_us)(random));
    std::this_thread::sleep_for(pause);
  };
  if (round % 5 != 4) return wait(0, 20'000);
  senders.stop();
  wait(240'000, 270'000);
}

// Kills over one file; returns how many deliveries were acknowledged.
std::size_t kill_again_and_again(int times, std::mt19937& random) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  std::atomic<std::int64_t> next{0};
  std::set<std::int64_t> acknowledged, unanswered;
  for (int round = 0; round < times && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Program program({"serve", "--db", path, "--listen", "127.0.0.1:0", "--log-level", "off"});
    const int port = program.port();
    // What had no answer is sent again, as the vendor does.
    Senders senders(port, kSenders, next, unanswered);
    senders.wait_for(std::uniform_int_distribution<std::size_t>(1, 400)(random));
    pause_before_kill(round, senders, random);
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait().exit_code, 128 + SIGKILL);
    auto told = senders.stop();
    EXPECT_TRUE(told.refused.empty());
    acknowledged.merge(told.acknowledged);
    unanswered = std::move(told.unanswered);
    expect_kept(path, acknowledged);
    expect_sound(path);
  }
  return acknowledged.size();
}

TEST(Crash, LosesNothingThatWasAcknowledged) {
  std::random_device seed;
  std::mt19937 random(seed());
  std::size_t acknowledged = 0;
  for (int done = 0; done < crashes() && !HasFailure();) {
    const int times = std::min(kCrashesOfAFile, crashes() - done);
    acknowledged += kill_again_and_again(times, random);
    done += times;
    std::printf("killed %d times; %zu deliveries were acknowledged\n", done, acknowledged);
    std::fflush(stdout);
  }
}

TEST(Stop, AnswersWhatItHasStoredAndStoresWhatItHasAnswered) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  std::atomic<std::int64_t> next{0};
  Program program({"serve", "--db", path, "--listen", "127.0.0.1:0", "--log-level", "off"});
  Senders senders(program.port(), kSenders, next);
  senders.wait_for(200);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(std::chrono::seconds(5)).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(path + "-wal")) << "the log was not checkpointed";
  const auto told = senders.stop();
  const auto kept = kept_webhooks(path);
  for (const auto& [n, times] : kept) EXPECT_TRUE(told.acknowledged.contains(n)) << "stored and not answered: " << n;
  EXPECT_EQ(kept.size(), told.acknowledged.size());
  expect_sound(path);
}

// Half of a request that the server has read: it came in one piece with a whole one that is answered.
http::testing::RawClient stall(int port) {
  http::testing::RawClient client(port);
  EXPECT_TRUE(client.send(http::testing::get("/livez") + "GET /livez HTT"));
  const auto answer = client.receive();
  EXPECT_TRUE(answer && answer->status == 200);
  return client;
}

TEST(Stop, ComesInTimeWithAStalledRequestOnEachListener) {
  const TemporaryFolder folder;
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0", "--ingest-listen",
                   "127.0.0.1:0", "--log-level", "off"});
  const int port = program.port();
  const auto said = program.wait_for_out("for webhooks on http://127.0.0.1:");
  const int ingest_port = std::stoi(said.substr(said.rfind(':') + 1));
  const auto query = stall(port);
  const auto webhook = stall(ingest_port);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(std::chrono::seconds(5)).exit_code, 0);
}

// The order of system calls: the log is synced after the delivery has arrived and before the answer leaves.
TEST(Sync, ComesBeforeTheAnswer) {
  if (std::system("strace -o /dev/null true 2>/dev/null") != 0) GTEST_SKIP() << "strace cannot be used here";
  const TemporaryFolder folder;
  const auto trace = folder.file("trace");
  {
    Program program(
        {"-f", "-y", "-s", "64", "-o", trace, "-e", "trace=fdatasync,fsync,%network,read,write,writev,pwrite64",
         CALLARCHIVE_PROGRAM, "serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0"},
        {}, {}, "strace");
    EXPECT_EQ(post_webhook(program.port(), 0), 200);
  }
  std::ifstream in(trace);
  bool arrived = false, written = false, synced = false;
  for (std::string line; std::getline(in, line);) {
    const auto has = [&](const char* text) { return line.find(text) != std::string::npos; };
    if (has("POST /webhooks/allo")) arrived = true;
    if (arrived && has("pwrite64(") && has("archive.db-wal")) {
      written = true;
      synced = false;
    }
    // "fdatasync(9</…/archive.db-wal>) = 0", or in two lines when another thread came between.
    if (written && has("fdatasync") && (has("archive.db-wal") || has("resumed")) && has(" = 0")) synced = true;
    if (arrived && has("HTTP/1.1 200")) {
      EXPECT_TRUE(written);
      EXPECT_TRUE(synced);
      return;
    }
  }
  FAIL() << "the trace does not show the answer";
}

}  // namespace
}  // namespace callarchive
