#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <thread>

// What was acknowledged is found, also while others deliver.

namespace callarchive::process {
namespace {

using http::testing::get;
using http::testing::KeptClient;
using http::testing::post;
using nlohmann::json;

constexpr int kSenders = 8;
constexpr int kEach = 60;

// A word that only stands in the n-th event of a sender: letters, so that no number holds it.
std::string word_of(int sender, int n) {
  std::string word = "zyx";
  for (int rest = sender * kEach + n, i = 0; i < 3; ++i, rest /= 26) word += static_cast<char>('a' + rest % 26);
  return word + "ion";
}

struct Told {
  std::string kind;
  std::string id;
  std::string body;
};

Told event_of(int sender, int n) {
  const std::string place = std::to_string(sender) + "_" + std::to_string(n), word = word_of(sender, n);
  const std::string parties = R"(,"from_number":"+14155550100",)";
  switch (n % 3) {
    case 0:
      return {"message", "msg_" + place,
              R"({"topic":"SMS_RECEIVED","data":{"id":"msg_)" + place + R"(","sent_at":"2026-03-02T09:00:00Z")" +
                  parties + R"("to_number":"+14155550199","type":"SMS","direction":"INBOUND","content":"They said )" +
                  word + "\"}}"};
    case 1:
      return {"call", "cll_" + place,
              R"({"topic":"CALL_RECEIVED","data":{"id":"cll_)" + place + R"(","start_date":"2026-03-02T09:00:00Z")" +
                  parties + R"("to":"+14155550199","type":"INBOUND","transcriptions":[{"source":"USER","text":"And )" +
                  word + " it was\"}]}}"};
    default:
      return {"contact", "cnt_" + place,
              R"({"topic":"CONTACT_CREATED","data":{"id":"cnt_)" + place + R"(","name":")" + word + "\"}}"};
  }
}

TEST(Found, AtOnceByWhoeverWasAnswered) {
  const test::TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--query-timeout", "60000", "--keep-alive-seconds", "60"});
  std::vector<std::jthread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      KeptClient delivering(service.port()), asking(service.port());
      for (int n = 0; n < kEach && !testing::Test::HasFailure(); ++n) {
        const Told told = event_of(sender, n);
        EXPECT_EQ(outcome(delivering.ask(post("/webhooks/allo", told.body))), "200 stored") << told.body;
        const Answer answer = asking.ask(get("/v1/search?q=" + word_of(sender, n)));
        ASSERT_EQ(answer.status, 200) << answer.body;
        const json hits = json::parse(answer.body).at("data");
        ASSERT_EQ(hits.size(), 1u) << told.body << answer.body;
        EXPECT_EQ(hits[0].at("kind"), told.kind);
        EXPECT_EQ(hits[0].at(told.kind).at("id"), told.id);
      }
    });
  }
}

}  // namespace
}  // namespace callarchive::process
