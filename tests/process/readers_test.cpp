// Those who ask and do not listen must not keep the log from being emptied.

#include "tests/http/raw_client.h"
#include "tests/process/program.h"
#include "tests/process/senders.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

namespace callarchive {
namespace {

using namespace test;
using process::Program;
namespace fs = std::filesystem;

constexpr int kReaders = 50;
constexpr int kExports = 20;
constexpr std::uintmax_t kLargestLog = 96u << 20;  // the log is emptied past about 40 MB

bool becomes_empty(const std::string& path) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (fs::file_size(path) != 0) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

// Webhooks over 16 connections: nothing may be refused.
void expect_all_taken(int port, std::atomic<std::int64_t>& next, std::size_t count) {
  Senders senders(port, 16, next);
  senders.wait_for(count);
  const auto told = senders.stop();
  EXPECT_GE(told.acknowledged.size(), count);
  EXPECT_TRUE(told.refused.empty());
  EXPECT_TRUE(told.unanswered.empty());
}

TEST(SlowReaders, HoldNoTransactionWhileTheyDoNotRead) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  std::atomic<std::int64_t> next{0};
  Program program({"serve", "--db", path, "--listen", "127.0.0.1:0", "--log-level", "off"});
  const int port = program.port();
  {
    Senders senders(port, 16, next);
    senders.wait_for(400);
  }
  // Each asks for more than the sockets can hold and takes the first byte of it, so that the answer is under way.
  std::vector<http::testing::RawClient> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back(port);
    readers.back().set_receive_buffer(4096);
    ASSERT_TRUE(readers.back().send(http::testing::get("/v1/calls?limit=500&include=transcript")));
  }
  EXPECT_FALSE(readers.front().read_some(1).empty());
  expect_all_taken(port, next, 400);
  EXPECT_TRUE(becomes_empty(path + "-wal"));
}

// Reads until the answer holds the text; false when it ends before.
bool reads_until(http::testing::RawClient& client, const std::string& text) {
  std::string kept;
  while (kept.find(text) == std::string::npos) {
    const std::string piece = client.read_some(1 << 20);
    if (piece.empty()) return false;
    kept.erase(0, kept.size() - std::min(kept.size(), text.size()));
    kept += piece;
  }
  return true;
}

TEST(SlowReaders, OfExportsDoNoHarmWhetherTheyStayOrVanish) {
  const TemporaryFolder folder;
  const auto path = folder.file("archive.db");
  process::import_generated(path, 20'000);
  std::atomic<std::int64_t> next{0};
  // Longer than the test: nobody is freed of them by their deadlines. Half of the threads may send exports.
  Program program({"serve", "--db", path, "--listen", "127.0.0.1:0", "--log-level", "off", "--request-seconds", "3600",
                   "--query-threads", std::to_string(2 * kExports)});
  const int port = program.port();
  std::vector<http::testing::RawClient> staying;
  {
    std::vector<http::testing::RawClient> vanishing;
    for (int i = 0; i < kExports; ++i) {
      auto& readers = i % 2 == 0 ? staying : vanishing;
      readers.emplace_back(port);
      readers.back().set_receive_buffer(64 << 10);
      ASSERT_TRUE(readers.back().send(http::testing::get("/v1/export/transcripts")));
      ASSERT_TRUE(reads_until(readers.back(), "{\"manifest\""));
    }
    expect_all_taken(port, next, 500);
  }
  // Far more than the log may grow to.
  std::atomic<std::uintmax_t> largest{0};
  std::jthread watch([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      largest = std::max(largest.load(), fs::file_size(path + "-wal"));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  expect_all_taken(port, next, 2500);
  watch.request_stop();
  watch.join();
  std::cout << "the log grew to " << (largest >> 20) << " MiB\n";
  EXPECT_LT(largest, kLargestLog);
  EXPECT_TRUE(becomes_empty(path + "-wal"));
  EXPECT_EQ(http::testing::exchange(port, http::testing::get("/v1/calls?limit=1")).status, 200);
  EXPECT_TRUE(reads_until(staying.front(), "{\"completion\"")) << "one that reads on gets the rest";
}

}  // namespace
}  // namespace callarchive
