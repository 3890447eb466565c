#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <thread>

// The limits of `callarchive serve` reach the server that it starts; what they do there is tested in tests/http.

namespace callarchive::process {
namespace {

using http::testing::RawClient;
using test::TemporaryFolder;

constexpr const char* kBody = R"({"topic":"PING"})";

// A webhook whose head has been read and whose body is awaited.
RawClient half_sent(const Service& service, std::size_t length = 1000) {
  RawClient client(service.port());
  client.send("POST /webhooks/allo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: " +
              std::to_string(length) + "\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(Answer{}).status, 100);
  return client;
}

void expect_busy(const std::optional<Answer>& answer) {
  ASSERT_TRUE(answer);
  EXPECT_EQ(outcome(*answer), "503 busy");
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
}

TEST(Limits, OfConnections) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--max-connections", "8"});
  std::vector<RawClient> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(half_sent(service));
  RawClient refused(service.port());
  expect_busy(refused.receive());
}

TEST(Limits, OfBytesHeld) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--max-held-bytes", "2000000", "--max-body", "1500000"});
  RawClient first = half_sent(service, 1500000);
  RawClient second = half_sent(service, 1500000);
  first.send(std::string(1400000, ' '));
  second.send(std::string(1400000, ' '));
  service.wait_for_log(R"("status":503)");
  EXPECT_EQ(service.post(kBody).status, 200);
}

TEST(Limits, OfQueuedRequests) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Service service(archive, {"--ingest-threads", "1", "--max-queued-requests", "1"});
  SQLite::Database other(archive, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");  // the writer has to wait, and with it the one thread that receives
  std::vector<RawClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(service.port());
    clients.back().send(http::testing::post("/webhooks/allo", kBody));
  }
  service.wait_for_log(R"("status":503)");
  EXPECT_EQ(service.get("/v1/calls").status, 200) << "readers have a queue of their own";
  other.exec("ROLLBACK");
  int busy = 0;
  for (auto& client : clients) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    if (answer->status == 503 && outcome(*answer) == "503 busy") ++busy;
  }
  EXPECT_GE(busy, 1);
}

TEST(Limits, OfTime) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--request-seconds", "1", "--keep-alive-seconds", "1"});
  RawClient idle(service.port());
  idle.send(http::testing::get("/livez"));
  EXPECT_EQ(idle.receive().value_or(Answer{}).status, 200);
  EXPECT_EQ(half_sent(service).receive().value_or(Answer{}).status, 408);
  EXPECT_TRUE(idle.is_closed_by_server());
}

// Fewer descriptors than connections: what does not fit would wait in vain, and nothing in the log would say why.
TEST(Limits, OfConnectionsFitTheSystemsLimitOfOpenFiles) {
  const TemporaryFolder folder;
  Program program({"-c", "ulimit -Sn 64; ulimit -Hn 400; exec \"$0\" \"$@\"", CALLARCHIVE_PROGRAM, "serve", "--db",
                   folder.file("archive.db"), "--listen", "127.0.0.1:0"},
                  {}, {}, "sh");
  const int port = program.port();
  program.wait_for_err("limit of 400 open files");
  EXPECT_NE(program.err().find("leaves room for 117"), std::string::npos) << program.err();
  std::vector<RawClient> clients;
  for (int i = 0; i < 500; ++i) {
    clients.emplace_back(port);
    clients.back().send("GET /livez HTTP/1.1\r\nHo");
  }
  int answered = 0;
  for (int i = 0; i < 20; ++i) {
    try {
      answered += http::testing::exchange(port, http::testing::post("/webhooks/allo", kBody)).status == 200;
    } catch (const std::runtime_error&) {  // refused, while places are made
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_GE(answered, 5);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
}

// Two hundred who say nothing or a byte now and then: what is sent meanwhile is taken as if they were not there. The
// time is not asserted; a client gives up after ten seconds, and the hostile ones could stay for an hour.
TEST(Limits, SilentAndDrippingClientsStopNeitherWebhooksNorTheSignOfLife) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"),
                        {"--request-seconds", "3600", "--ingest-threads", "4", "--query-threads", "4"});
  std::vector<RawClient> silent, dripping;
  for (int i = 0; i < 100; ++i) silent.emplace_back(service.port());
  for (int i = 0; i < 100; ++i) dripping.push_back(half_sent(service));
  for (int round = 0; round < 20; ++round) {
    for (auto& client : dripping) client.send("x");
    EXPECT_EQ(service.post(kBody).status, 200);
    EXPECT_EQ(service.get("/livez").status, 200);
  }
}

}  // namespace
}  // namespace callarchive::process
