#pragma once

#include "tests/http/raw_client.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace callarchive::test {

// What a crowd of senders was told. A number stands for the webhook of bench/workload.h.
struct Told {
  std::set<std::int64_t> acknowledged;  // answered with 200
  std::set<std::int64_t> refused;       // answered with 503
  std::set<std::int64_t> unanswered;    // sent, at least in part, and the connection ended
};

// Senders that post webhooks over connections of their own until the server is gone or they are told to stop.
class Senders {
 public:
  // Each takes the next number from `next`; those in `again` go first.
  Senders(int port, int count, std::atomic<std::int64_t>& next, std::set<std::int64_t> again = {});
  ~Senders() { stop(); }

  // Blocks until so many were acknowledged, or all senders have ended.
  void wait_for(std::size_t acknowledged);
  // Ends after the requests under way.
  Told stop();

 private:
  void send();
  std::int64_t take();

  const int port_;
  std::atomic<std::int64_t>& next_;
  std::mutex mutex_;
  std::set<std::int64_t> again_;
  Told told_;
  std::atomic<std::size_t> acknowledged_{0};
  std::atomic<int> running_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

// Posts one webhook over a new connection. The status is 0 without an answer.
http::testing::Answer send_webhook(int port, std::int64_t n);
// The same; returns the status.
int post_webhook(int port, std::int64_t n);

// How often the ledger of a file holds each of those webhooks.
std::map<std::int64_t, int> kept_webhooks(const std::string& path);

// Fails the test unless the file is sound in every way that the doctor knows.
void expect_sound(const std::string& path);

}  // namespace callarchive::test
