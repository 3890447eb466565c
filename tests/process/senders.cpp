#include "tests/process/senders.h"

#include "bench/workload.h"
#include "server/ingest/decode.h"
#include "storage/care/doctor.h"
#include "tests/http/raw_client.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <optional>

namespace callarchive::test {
namespace {

using http::testing::RawClient;

std::string request_for(std::int64_t n) {
  const auto webhook = bench::make_webhook(n);
  return http::testing::post("/webhooks/allo", webhook.body,
                             "webhook-id: " + webhook.id + "\r\nContent-Type: application/json\r\n");
}

}  // namespace

Senders::Senders(int port, int count, std::atomic<std::int64_t>& next, std::set<std::int64_t> again)
    : port_(port), next_(next), again_(std::move(again)), running_(count) {
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { send(); });
}

std::int64_t Senders::take() {
  const std::lock_guard lock(mutex_);
  return again_.empty() ? next_++ : again_.extract(again_.begin()).value();
}

void Senders::send() {
  std::optional<RawClient> client;
  int failures = 0;  // to connect; the server is gone after a few
  while (!stop_ && failures < 3) {
    try {
      if (!client) client.emplace(port_);
    } catch (const std::runtime_error&) {
      ++failures;
      continue;
    }
    const auto n = take();
    const bool sent = client->send(request_for(n));
    const auto answer = sent ? client->receive() : std::nullopt;
    const std::lock_guard lock(mutex_);
    if (!answer) {
      told_.unanswered.insert(n);
      client.reset();
      continue;
    }
    failures = 0;
    if (answer->status == 200) {
      told_.acknowledged.insert(n);
      acknowledged_ = told_.acknowledged.size();
      acknowledged_.notify_all();
    } else {
      told_.refused.insert(n);
      EXPECT_EQ(answer->status, 503) << answer->body;
    }
    const auto connection = answer->headers.find("connection");
    if (connection != answer->headers.end() && connection->second == "close") client.reset();
  }
  --running_;
  acknowledged_.notify_all();
}

void Senders::wait_for(std::size_t wanted) {
  for (auto now = acknowledged_.load(); now < wanted && running_ > 0; now = acknowledged_) acknowledged_.wait(now);
}

Told Senders::stop() {
  stop_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  return told_;
}

http::testing::Answer send_webhook(int port, std::int64_t n) { return http::testing::exchange(port, request_for(n)); }

int post_webhook(int port, std::int64_t n) { return send_webhook(port, n).status; }

std::map<std::int64_t, int> kept_webhooks(const std::string& path) {
  std::map<std::int64_t, int> kept;
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  SQLite::Statement query(database, "SELECT webhook_id FROM deliveries");
  const std::size_t prefix = bench::make_webhook(0).id.size() - 1;
  while (query.executeStep()) ++kept[std::stoll(query.getColumn(0).getString().substr(prefix))];
  return kept;
}

void expect_sound(const std::string& path) {
  for (const auto& finding : examine({.archive = {.path = path}}, decode, [](const auto&) {})) {
    EXPECT_NE(finding.verdict, Finding::Verdict::fail) << finding.name << ": " << finding.text;
  }
}

}  // namespace callarchive::test
