#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

// Many clients at once, some of them hostile. A client waits ten seconds for what it needs, and the limits that
// could free the server by themselves are set beyond that (patient()).

namespace callarchive::http::testing {
namespace {

using std::string;

std::vector<RawClient> connect(int port, int count, const string& bytes = "") {
  std::vector<RawClient> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(port);
    clients.back().send(bytes);
  }
  return clients;
}

TEST(Pressure, SilentAndDrippingClientsStopNobody) {
  LiveServer live(patient());
  const auto silent = connect(live.port(), 200);
  auto dripping_heads = connect(live.port(), 100, "GET /hello HTTP/1.1\r\nHost: ");
  auto dripping_bodies = connect(live.port(), 100, "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  auto idle = connect(live.port(), 100, get("/hello"));
  for (auto& client : idle) ASSERT_TRUE(client.receive());
  for (int round = 0; round < 10; ++round) {
    for (auto& client : dripping_heads) client.send("x");
    for (auto& client : dripping_bodies) client.send("x");
    EXPECT_EQ(exchange(live.port(), post("/webhook", "{}")).status, 200);
    EXPECT_EQ(exchange(live.port(), get("/hello")).status, 200);
  }
}

TEST(Pressure, ReadersDoNotStarveTheReceiver) {
  LiveServer live(patient());
  const auto readers = connect(live.port(), 50, get("/slow"));
  live.wait_for_slow(2);
  EXPECT_EQ(exchange(live.port(), post("/webhook", "{}")).status, 200);
}

TEST(Pressure, AFullQueueIsRefusedPolitely) {
  ServerOptions options = patient();
  options.query_threads = 1;
  options.max_queued_requests = 1;
  LiveServer live(options);
  auto clients = connect(live.port(), 1, get("/slow"));
  live.wait_for_slow(1);
  for (auto& client : connect(live.port(), 3, get("/slow"))) clients.push_back(std::move(client));
  live.wait_for_status("/slow", 503);
  EXPECT_EQ(exchange(live.port(), post("/webhook", "{}")).status, 200);
  while (live.observed()["/slow"].size() < 2) live.wait_for_status("/slow", 503);
  live.release_slow();
  int served = 0;
  for (auto& client : clients) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    served += answer->status == 200;
    if (answer->status == 503) EXPECT_EQ(answer->headers.at("retry-after"), "1");
  }
  EXPECT_EQ(served, 2);
}

TEST(Pressure, TooManyConnectionsAreRefusedPolitely) {
  ServerOptions options = patient();
  options.max_connections = 5;
  options.query_threads = 5;
  LiveServer live(options);
  const auto clients = connect(live.port(), 5, get("/slow"));
  live.wait_for_slow(5);
  RawClient refused(live.port());
  const auto answer = refused.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
  EXPECT_TRUE(refused.is_closed_by_server());
}

// Those at the door are refused until the silent ones, who have sent so much each, have had their second.
void expect_to_be_served_beside(const string& sent) {
  ServerOptions options = patient();
  options.max_connections = 50;
  LiveServer live(options);
  auto silent = connect(live.port(), 100, sent);
  int status = 503;
  for (int tries = 0; status != 200 && tries < 100000; ++tries) {
    try {
      status = exchange(live.port(), post("/webhook", "{}")).status;
    } catch (const std::runtime_error&) {}
  }
  EXPECT_EQ(status, 200);
}

TEST(Pressure, SilentClientsGiveTheirPlacesUpWhenPlacesAreScarce) { expect_to_be_served_beside(""); }

TEST(Pressure, ThoseWhoPromiseABodyDoToo) {
  expect_to_be_served_beside("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 10485760\r\n\r\nx");
}

TEST(Pressure, APromiseBuysNoTime) {
  ServerOptions options = patient();
  options.request_seconds = 1;
  LiveServer live(options);
  RawClient client(live.port());
  client.send("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 10485760\r\n\r\n");  // would be eleven seconds
  RawClient other(live.port());
  other.send("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(Answer{}).status, 408);
  EXPECT_EQ(other.receive().value_or(Answer{}).status, 408);
}

// The client waits a minute at most; the server, for whom it is a request that has begun, much longer.
TEST(Pressure, LineBreaksKeepNoConnectionAlive) {
  ServerOptions options = patient();
  options.keep_alive_seconds = 1;
  LiveServer live(options);
  RawClient client(live.port());
  client.send(get("/hello"));
  ASSERT_TRUE(client.receive());
  while (client.send("\r\n")) exchange(live.port(), get("/hello"));
}

TEST(Pressure, AStopDoesNotWaitForAStreamThatIsTakenQuickly) {
  LiveServer live(patient());
  RawClient reader(live.port());
  reader.send(get("/endless-stream"));
  ASSERT_NE(reader.read_some(1), "");
  std::thread reading([&] {
    while (!reader.read_some(1u << 20).empty()) {}
  });
  live.stop();
  reading.join();
}

TEST(Pressure, ManyLargeBodiesDoNotKeepASmallOneOut) {
  ServerOptions options = patient();
  options.max_held_bytes = 1u << 20;
  LiveServer live(options);
  const string most_of_it(900000, 'x');
  auto large =
      connect(live.port(), 8, "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + most_of_it);
  live.wait_for_status("/webhook", 503);
  EXPECT_EQ(exchange(live.port(), post("/webhook", string(5000, 'x'))).body, "5000");
}

// Answers of 4 MiB that nobody reads, twice as many as fit: the room lets go of some, who see that their answers are
// cut short, and of no more than it must; the others are sent whole when they are read. Up to 1.3 MB of each are in the
// kernel's buffers (more than over a network, where segments are shorter) and do not count.
TEST(Pressure, AnAnswerThatIsNotReadIsCutOffWhenMemoryIsScarce) {
  constexpr std::size_t kFitting = 4;
  ServerOptions options = patient();
  options.max_held_bytes = kFitting << 22;
  LiveServer live(options);
  auto readers = connect(live.port(), 0);
  while (readers.size() < 2 * kFitting) {
    readers.emplace_back(live.port());
    readers.back().set_receive_buffer(4 << 10);
    readers.back().send(get("/huge"));
    while (live.observed()["/huge"].size() < readers.size()) {
      EXPECT_EQ(exchange(live.port(), get("/hello")).status, 200);
    }
    // The second one is read after the room has seen to its memory.
    for (int i = 0; i < 2; ++i) EXPECT_EQ(exchange(live.port(), post("/webhook", "{}")).status, 200);
  }
  std::size_t whole = 0;
  for (auto& reader : readers) {
    reader.set_receive_buffer(1 << 20);
    if (reader.receive()) ++whole;
    else EXPECT_TRUE(reader.was_reset());
  }
  EXPECT_LT(whole, readers.size());
  EXPECT_GE(whole, kFitting - 1);
}

TEST(Pressure, ASlowReaderOfAnAnswerHoldsNoWorker) {
  ServerOptions options = patient();
  options.query_threads = 1;
  LiveServer live(options);
  auto readers = connect(live.port(), 0);
  for (int i = 0; i < 20; ++i) {
    readers.emplace_back(live.port());
    readers.back().set_receive_buffer(64 << 10);
    for (int k = 0; k < 20; ++k) readers.back().send(get("/large"));
  }
  EXPECT_EQ(exchange(live.port(), get("/hello")).status, 200);
  for (int k = 0; k < 20; ++k) EXPECT_EQ(readers[0].receive().value_or(Answer{}).body.size(), 1u << 20) << k;
}

TEST(Pressure, AReaderWhoStopsInAStreamIsCutOff) {
  ServerOptions options = patient();
  options.query_threads = 1;
  options.request_seconds = 1;
  LiveServer live(options);
  RawClient reader(live.port());
  reader.set_receive_buffer(64 << 10);
  reader.send(get("/stream"));
  EXPECT_EQ(reader.read_some(15), "HTTP/1.1 200 OK");
  EXPECT_EQ(exchange(live.port(), get("/hello")).status, 200);
  std::size_t received = 0;
  for (string piece = "x"; !piece.empty(); received += piece.size()) piece = reader.read_some(1u << 20);
  EXPECT_LT(received, 64u << 20);
}

TEST(Pressure, StreamsLeaveWorkersForOtherQueries) {
  ServerOptions options = patient();
  options.query_threads = 4;
  LiveServer live(options);
  RawClient first(live.port()), second(live.port());
  for (auto* reader : {&first, &second}) {
    reader->set_receive_buffer(64 << 10);
    reader->send(get("/stream"));
    EXPECT_EQ(reader->read_some(15), "HTTP/1.1 200 OK");
  }
  const auto refused = exchange(live.port(), get("/stream"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "10");
  EXPECT_NE(refused.body.find("\"busy\""), string::npos) << refused.body;
  EXPECT_EQ(exchange(live.port(), get("/hello")).status, 200);
}

// Sixty-four MiB at a few bytes now and then would take for ever.
TEST(Pressure, AReaderWhoSipsAStreamIsCutOff) {
  ServerOptions options = patient();
  options.query_threads = 1;
  options.request_seconds = 1;
  LiveServer live(options);
  std::thread sipping([port = live.port()] {
    RawClient reader(port);
    reader.set_receive_buffer(16 << 10);
    reader.send(get("/stream"));
    // A quarter of a MiB, then a webhook's worth of time, as long as anything comes.
    for (bool open = true; open;) {
      for (std::size_t taken = 0; open && taken < (256u << 10);) {
        const std::size_t size = reader.read_some(16u << 10).size();
        open = size > 0;
        taken += size;
      }
      RawClient quiet(port);
      quiet.is_closed_by_server();  // after request_seconds
    }
  });
  live.wait_for_status("/stream", 499);
  sipping.join();
}

TEST(Pressure, StopAnswersWhatWasAcceptedAndDropsTheIdle) {
  LiveServer live(patient());
  RawClient busy(live.port());
  busy.send(get("/slow"));
  live.wait_for_slow(1);
  RawClient idle(live.port());
  idle.send(get("/hello"));
  ASSERT_TRUE(idle.receive());
  live.server().stop();
  EXPECT_TRUE(idle.is_closed_by_server());
  live.release_slow();
  const auto answer = busy.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "done");
  live.stop();
}

TEST(Pressure, StopUnderLoadCutsNoAnswerShort) {
  LiveServer live(patient());
  std::atomic<int> answered{0};
  std::atomic<int> cut{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      try {
        for (;;) {
          RawClient client(live.port());
          while (client.send(get("/large"))) {
            const string start = client.read_some(1);
            if (start.empty()) break;
            // The answer has begun: all of it has to come.
            string got = start;
            while (got.find("\r\n\r\n") == string::npos || got.size() < got.find("\r\n\r\n") + 4 + (1u << 20)) {
              const string more = client.read_some(1u << 20);
              if (more.empty()) break;
              got += more;
            }
            const std::size_t head = got.find("\r\n\r\n");
            got.size() == head + 4 + (1u << 20) ? ++answered : ++cut;
          }
        }
      } catch (const std::runtime_error&) {  // Nobody listens any more.
      }
    });
  }
  while (answered < 100) std::this_thread::yield();
  live.stop();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(cut, 0);
}

TEST(Pressure, StopBeforeServeIsSeen) {
  Server server({.port = 0}, {}, nullptr, nullptr);
  server.bind();
  server.stop();
  server.serve();
}

TEST(Pressure, ATakenPortIsAnError) {
  LiveServer live;
  ServerOptions options;
  options.port = live.port();
  Server second(options, {}, nullptr, nullptr);
  EXPECT_THROW(second.bind(), std::runtime_error);
}

}  // namespace
}  // namespace callarchive::http::testing
