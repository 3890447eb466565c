// Those who ask and do not listen must not keep the log from being emptied.

#include "tests/http/raw_client.h"
#include "tests/process/program.h"
#include "tests/process/senders.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace callarchive {
namespace {

using namespace test;
using process::Program;
namespace fs = std::filesystem;

constexpr int kReaders = 50;

bool becomes_empty(const std::string& path) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (fs::file_size(path) != 0) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
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
    readers.back().shrink_receive_buffer(4096);
    ASSERT_TRUE(readers.back().send(http::testing::get("/v1/calls?limit=500&include=transcript")));
  }
  EXPECT_FALSE(readers.front().read_some(1).empty());
  Senders senders(port, 16, next);
  senders.wait_for(400);
  const auto told = senders.stop();
  EXPECT_TRUE(told.refused.empty());
  EXPECT_TRUE(told.unanswered.empty());
  EXPECT_TRUE(becomes_empty(path + "-wal"));
}

}  // namespace
}  // namespace callarchive
