#include "tests/support/memory.h"
#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>

#include <functional>

// What clients can make the server hold. The bound promised in docs/security.md is 5/4 max_held_bytes plus 48 KiB for
// each connection and the answers that workers are making; tests add four MiB for what the heap does not give back.

namespace callarchive::http::testing {
namespace {

using std::string;

constexpr std::size_t kHeld = 8u << 20;
constexpr std::size_t kWorkers = 4;
constexpr std::size_t kLargestAnswer = 1u << 20;

// From smaps_rollup, since statm lags behind by some pages for each thread.
std::size_t resident_bytes() { return test::bytes_in("/proc/self/smaps_rollup", "Rss:"); }

struct Attack {
  string name;
  int connections;
  string opening;
  string repeated;
  int times;
};

void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

class Memory : public ::testing::TestWithParam<Attack> {};

TEST_P(Memory, StaysBoundedUnder) {
  if (!test::kMemoryIsMeasurable) GTEST_SKIP() << "a sanitizer keeps freed memory";
  const Attack& attack = GetParam();
  ServerOptions options = patient();
  options.max_held_bytes = kHeld;
  options.query_threads = kWorkers;
  LiveServer live(options);
  exchange(live.port(), post("/webhook", string(100000, 'x')));
  const std::size_t before = resident_bytes();
  std::size_t most = before;

  std::vector<RawClient> clients;
  for (int i = 0; i < attack.connections; ++i) {
    clients.emplace_back(live.port());
    clients.back().send(attack.opening);
  }
  for (int round = 0; round < attack.times; ++round) {
    for (RawClient& client : clients) client.send(attack.repeated);
    most = std::max(most, resident_bytes());
  }
  EXPECT_EQ(exchange(live.port(), post("/webhook", "{}")).status, 200);
  most = std::max(most, resident_bytes());

  const std::size_t bound = kHeld * 5 / 4 + static_cast<std::size_t>(attack.connections) * (48u << 10) +
                            kWorkers * kLargestAnswer + (4u << 20);
  RecordProperty("growth_kib", static_cast<int>((most - before) >> 10));
  std::cout << attack.name << ": " << attack.connections << " connections, growth " << ((most - before) >> 10)
            << " KiB of " << (bound >> 10) << " allowed\n";
  EXPECT_LE(most - before, bound);
}

string tiny_chunks() {
  string chunks;
  for (int i = 0; i < 10000; ++i) chunks += "1\r\nx\r\n";
  return chunks;
}

const string kPost = "POST /webhook HTTP/1.1\r\nHost: h\r\n";

INSTANTIATE_TEST_SUITE_P(
    Attacks, Memory,
    ::testing::Values(Attack{"silent", 900, "", "", 1}, Attack{"dripping_head", 900, "GET / HTTP/1.1\r\nX: ", "x", 20},
                      Attack{"promised_bodies", 400, kPost + "Content-Length: 10000000\r\n\r\n", "x", 5},
                      Attack{"large_bodies", 40, kPost + "Content-Length: 10000000\r\n\r\n", string(1u << 20, 'x'), 9},
                      Attack{"endless_chunks", 20, kPost + "Transfer-Encoding: chunked\r\n\r\n",
                             "100000\r\n" + string(1u << 20, 'x'), 10},
                      Attack{"chunked_bodies", 40, kPost + "Transfer-Encoding: chunked\r\n\r\n",
                             "100000\r\n" + string(1u << 20, 'x') + "\r\n", 9},
                      Attack{"tiny_chunks", 40, kPost + "Transfer-Encoding: chunked\r\n\r\n", tiny_chunks(), 20},
                      Attack{"endless_chunk_extension", 20, kPost + "Transfer-Encoding: chunked\r\n\r\n5;",
                             string(1u << 20, 'x'), 10},
                      Attack{"endless_request_line", 20, "GET /", string(1u << 20, 'x'), 10},
                      Attack{"endless_header", 20, "GET / HTTP/1.1\r\nX: ", string(1u << 20, 'x'), 10},
                      Attack{"endless_headers", 20, "GET / HTTP/1.1\r\n", string(100000, 'a') + ": b\r\n", 20},
                      Attack{"gzip_bomb", 20, kPost + "Content-Length: 10000000\r\nContent-Encoding: gzip\r\n\r\n",
                             string(1u << 20, 'x'), 9},
                      Attack{"multipart", 20,
                             kPost + "Content-Length: 10000000\r\nContent-Type: multipart/form-data\r\n\r\n",
                             string(1u << 20, 'x'), 9},
                      Attack{"unread_answers", 40, "", get("/large"), 5},
                      Attack{"pipelined_flood", 40, "", get("/large") + get("/large"), 100}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace callarchive::http::testing
