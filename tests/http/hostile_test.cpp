#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <thread>

#include <sys/resource.h>

// Clients that take places and do nothing useful with them, in every phase of a connection, 400 new ones a second: each
// webhook that is sent meanwhile is answered within two seconds. The limits of time that could free the places by
// themselves are set to a minute.

namespace callarchive::http::testing {
namespace {

using std::string;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kBetweenConnections = 2500us;
constexpr auto kDuration = 5s;
constexpr auto kPromised = 2s;
constexpr std::size_t kConnections = 1024;  // of 2,000 that come

struct Hostile {
  string name;
  string phase;               // in which the server has it
  string opening;             // what it sends at first
  bool half_closes = false;   // then says that nothing follows
  string each_second = {};    // what it sends once a second
  bool reads_a_byte = false;  // once a second
  bool reads_answer = false;  // the first one, before it does nothing any more
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name << " (" << hostile.phase << ")"; }

const string kPost = "POST /webhook HTTP/1.1\r\nHost: h\r\n";

const Hostile kTable[] = {
    {.name = "silent", .phase = "head", .opening = ""},
    {.name = "half_a_head", .phase = "head", .opening = "GET /hello HTTP/1.1\r\nHo"},
    {.name = "dripping_head", .phase = "head", .opening = "GET /hello HTTP/1.1\r\nX: ", .each_second = "x"},
    {.name = "line_breaks", .phase = "head", .opening = "\r\n", .each_second = "\r\n"},
    {.name = "idle_after_an_answer", .phase = "head", .opening = get("/hello"), .reads_answer = true},
    {.name = "no_body", .phase = "body", .opening = kPost + "Content-Length: 100000\r\n\r\n"},
    {.name = "dripping_body", .phase = "body", .opening = kPost + "Content-Length: 9999\r\n\r\n", .each_second = "x"},
    {.name = "no_chunk", .phase = "body", .opening = kPost + "Transfer-Encoding: chunked\r\n\r\n"},
    {.name = "dripping_chunks",
     .phase = "body",
     .opening = kPost + "Transfer-Encoding: chunked\r\n\r\n",
     .each_second = "1\r\nx\r\n"},
    {.name = "never_reads", .phase = "flush", .opening = get("/medium")},
    {.name = "never_reads_and_half_closes", .phase = "flush", .opening = get("/medium"), .half_closes = true},
    {.name = "never_reads_and_asks_on", .phase = "flush", .opening = get("/medium") + get("/medium") + get("/medium")},
    {.name = "reads_a_byte_a_second", .phase = "flush", .opening = get("/medium"), .reads_a_byte = true},
    {.name = "never_reads_a_file", .phase = "flush", .opening = get("/file")},
    {.name = "waits_for_a_worker", .phase = "busy", .opening = get("/slow")},
    {.name = "waits_for_changes", .phase = "busy", .opening = get("/asleep")},
    {.name = "never_reads_a_stream", .phase = "busy, then 503", .opening = get("/endless-stream")},
    {.name = "stays_after_a_refusal", .phase = "linger", .opening = "nonsense\r\n\r\n", .each_second = "x"},
};

// Opens connections at its pace, each of which goes on as the row says, until it ends.
class Attack {
 public:
  Attack(int port, const Hostile& hostile) : port_(port), hostile_(hostile), thread_([this] { run(); }) {}
  ~Attack() {
    ends_ = true;
    thread_.join();
  }

 private:
  void run() {
    std::deque<std::pair<RawClient, Clock::time_point>> clients;
    for (auto next = Clock::now(); !ends_; next += kBetweenConnections) {
      std::this_thread::sleep_until(next);
      RawClient client(port_);
      client.set_receive_buffer(4 << 10);
      client.send(hostile_.opening);
      if (hostile_.half_closes) client.end_sending();
      if (hostile_.reads_answer) client.receive();
      clients.emplace_back(std::move(client), Clock::now() + 1s);
      // Those whose second is over are at the front.
      while (clients.front().second < Clock::now()) {
        auto again = std::move(clients.front());
        clients.pop_front();
        const bool goes_on = hostile_.each_second.empty() || again.first.send(hostile_.each_second);
        if (hostile_.reads_a_byte) again.first.sip();
        if (goes_on) clients.emplace_back(std::move(again.first), Clock::now() + 1s);
      }
    }
  }

  const int port_;
  const Hostile& hostile_;
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

class HostileClients : public ::testing::TestWithParam<Hostile> {
 protected:
  static void SetUpTestSuite() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
};

TEST_P(HostileClients, KeepNoWebhookOut) {
  ServerOptions options = patient();
  options.max_connections = kConnections;
  options.max_held_bytes = 1u << 30;               // memory frees no places here
  options.max_queued_requests = 2 * kConnections;  // nor does a full queue
  LiveServer live(options);
  const Attack attack(live.port(), GetParam());
  auto longest = Clock::duration::zero();
  int refused = 0, answered = 0;
  for (const auto end = Clock::now() + kDuration; Clock::now() < end; std::this_thread::sleep_for(50ms)) {
    const auto begin = Clock::now();
    try {
      exchange(live.port(), post("/webhook", "{}", "Connection: close\r\n")).status == 200 ? ++answered : ++refused;
    } catch (const std::runtime_error&) {  // reset
      ++refused;
    }
    longest = std::max(longest, Clock::now() - begin);
  }
  std::cout << GetParam().name << ": " << answered << " webhooks answered, the slowest in "
            << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count() << " ms\n";
  EXPECT_EQ(refused, 0);
  EXPECT_GT(answered, 0);
  EXPECT_LT(longest, kPromised);
}

INSTANTIATE_TEST_SUITE_P(InEveryPhase, HostileClients, ::testing::ValuesIn(kTable),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace callarchive::http::testing
