#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// Queries that take longer than they may.

namespace callarchive::process {
namespace {

using http::testing::get;
using http::testing::RawClient;
using nlohmann::json;

constexpr const char* kSlow = "/v1/stats?by=number";
constexpr const char* kCheap = "/v1/calls?limit=1";
constexpr int kRounds = 40;  // two requests each: below what one connection is kept for

Answer ask(RawClient& client, const std::string& target) {
  EXPECT_TRUE(client.send(get(target)));
  const auto answer = client.receive();
  if (!answer) throw std::runtime_error("no answer to " + target);
  return *answer;
}

// The whole shape of it (RFC 9457).
void expect_query_timeout(const Answer& answer) {
  ASSERT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  EXPECT_FALSE(answer.headers.contains("connection")) << answer.headers.at("connection");
  const json body = json::parse(answer.body);
  EXPECT_EQ(body.size(), 6u) << body;
  EXPECT_EQ(body.at("type"), "about:blank");
  EXPECT_EQ(body.at("title"), "Service Unavailable");
  EXPECT_EQ(body.at("status"), 503);
  EXPECT_EQ(body.at("code"), "query_timeout");
  EXPECT_FALSE(body.at("detail").get<std::string>().empty());
  EXPECT_EQ(body.at("request_id"), answer.headers.at("x-request-id"));
}

class TimeLimit : public testing::Test {
 protected:
  void SetUp() override { import_generated(archive_, 20'000); }

  const test::TemporaryFolder folder_;
  const std::string archive_ = folder_.file("archive.db");
};

TEST_F(TimeLimit, OfTheProgramLeavesTheConnectionForTheNextQuery) {
  const Service service(archive_, {"--query-timeout", "1", "--readers", "1", "--keep-alive-seconds", "60"});
  RawClient client(service.port());
  bool is_over = false;
  // On a busy machine a millisecond may be over for any query, so the cheap one may need to be asked again.
  for (int round = 0; round < kRounds && !is_over; ++round) {
    const Answer slow = ask(client, kSlow);
    if (slow.status != 200) expect_query_timeout(slow);
    const Answer cheap = ask(client, kCheap);
    if (cheap.status != 200) {
      expect_query_timeout(cheap);
      continue;
    }
    EXPECT_EQ(json::parse(cheap.body).at("data").size(), 1u);
    is_over = slow.status == 503;
  }
  EXPECT_TRUE(is_over);
}

TEST_F(TimeLimit, OfOneQueryChangesNoLaterAnswer) {
  // One reader: what is asked later is asked where a query was broken off.
  const Service service(archive_, {"--query-timeout", "60000", "--readers", "1", "--keep-alive-seconds", "60"});
  RawClient client(service.port());
  int broken_off = 0;
  for (const std::string target : {"/v1/stats?by=number", "/v1/stats?by=day&tz=Europe/Paris", "/v1/stats?by=tag",
                                   "/v1/stats?by=user", "/v1/calls?count=exact&q=la", "/v1/messages?count=exact&q=the",
                                   "/v1/search?q=la*&sort=relevance", "/v1/numbers?limit=500", "/v1/contacts?q=a*"}) {
    const Answer whole = ask(client, target);
    ASSERT_EQ(whole.status, 200) << target << ": " << whole.body;
    const Answer limited = ask(client, target + "&timeout_ms=1");
    if (limited.status == 503) {
      ++broken_off;
      expect_query_timeout(limited);
    } else {
      EXPECT_EQ(limited.body, whole.body) << target;
    }
    EXPECT_EQ(ask(client, target).body, whole.body) << target;
  }
  EXPECT_GE(broken_off, 2);
}

}  // namespace
}  // namespace callarchive::process
