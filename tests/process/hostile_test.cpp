// Large bodies of the ugliest shapes, one after the other: none is lost, and the memory does not grow with their
// number. scripts/hostile does the same with many more in a memory cgroup.

#include "tests/process/service.h"
#include "tests/support/memory.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <iostream>

namespace callarchive::process {
namespace {

constexpr std::size_t kBody = 10u << 20;
constexpr std::size_t kMostResident = 256u << 20;
constexpr std::size_t kMostKept = 64u << 20;  // above what was resident after the first of each

std::string filled(const std::string& before, const std::string& piece, const std::string& after) {
  std::string body = before;
  while (body.size() + piece.size() + after.size() < kBody) body += piece;
  return body + after;
}

TEST(HostileBodies, AreKeptAndTheirMemoryIsGivenBack) {
  if (!test::kMemoryIsMeasurable) GTEST_SKIP() << "a sanitizer keeps freed memory";
  const test::TemporaryFolder folder;
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0", "--log-level", "error"});
  const int port = program.port();
  const auto status_file = "/proc/" + std::to_string(program.pid()) + "/status";
  const std::string call = R"({"topic":"CALL_RECEIVED","data":{"id":"c)";
  std::size_t after_first = 0;
  int sent = 0;
  for (int round = 0; round < 2; ++round) {
    const std::string id = std::to_string(round);
    for (const std::string& body :
         {filled(R"({"topic":"X","n":)" + id + R"(,"data":[)", "{},", "0]}"),
          filled(call + id + R"(","x":[)", "[],", "0]}}"), filled(call + id + R"(","x":[)", "1e1,", "0]}}"),
          filled(call + id + R"(","summary":")", "\\u0000", "\"}}"),
          filled(call + id + R"(","summary":")", "good boys ", "\"}}")}) {
      const Answer answer = http::testing::exchange(port, http::testing::post("/webhooks/allo", body));
      ASSERT_EQ(answer.status, 200) << body.substr(0, 60) << ": " << answer.body;
      ++sent;
    }
    if (round == 0) after_first = test::bytes_in(status_file, "VmRSS:");
  }
  const std::size_t peak = test::bytes_in(status_file, "VmHWM:"), kept = test::bytes_in(status_file, "VmRSS:");
  std::cout << sent << " bodies of 10 MiB: resident " << (after_first >> 20) << " MiB after the first of each, "
            << (kept >> 20) << " MiB at the end, peak " << (peak >> 20) << " MiB\n";
  EXPECT_LT(peak, kMostResident);
  EXPECT_LT(kept, after_first + kMostKept);
  const auto ledger = nlohmann::json::parse(
      http::testing::exchange(port, http::testing::get("/v1/deliveries?limit=1&count=exact")).body);
  EXPECT_EQ(ledger.dump().find("\"total\":" + std::to_string(sent)) != std::string::npos, true) << ledger.dump();
}

}  // namespace
}  // namespace callarchive::process
