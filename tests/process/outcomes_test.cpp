#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

// What becomes of deliveries that are not as they should be. Whatever is sent, the bytes are kept.

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string call(const std::string& members) {
  return R"({"topic":"CALL_RECEIVED","data":{"id":"cll_1","start_date":"2026-03-02T09:00:00Z",)" + members + "}}";
}

class Outcomes : public testing::Test {
 protected:
  // Posts the body and requires that it stands in the ledger as it was sent. Returns what outcome() says.
  std::string post(const std::string& body) {
    const Answer answer = service_.post(body);
    ++sent_;
    EXPECT_EQ(service_.get("/v1/deliveries/" + std::to_string(sent_) + "?raw=true").body, body) << answer.body;
    return outcome(answer);
  }
  nlohmann::json the_call() { return service_.ask("/v1/calls/cll_1?include=transcript"); }
  nlohmann::json delivery(int number) { return service_.ask("/v1/deliveries/" + std::to_string(number)); }

  TemporaryFolder folder_;
  Service service_{folder_.file("archive.db"), {"--max-body", "12000000"}};
  int sent_ = 0;
};

TEST_F(Outcomes, WhatIsNoJsonIsRefusedAndKept) {
  for (const std::string body : {"", "no JSON", "{\"topic\":", "{\"topic\":\"PING\"} and more", "\xff\xfe\x00"}) {
    if (body.empty()) continue;
    EXPECT_EQ(post(body), "400 not_json") << body;
    EXPECT_EQ(delivery(sent_)["outcome"], "quarantined");
  }
}

TEST_F(Outcomes, WhatIsNoEnvelopeIsRefusedAndKept) {
  for (const std::string body :
       {"[]", "7", "null", "\"topic\"", "{}", R"({"data":{}})", R"({"topic":7})", R"({"topic":""})"}) {
    EXPECT_EQ(post(body), "422 no_envelope") << body;
    EXPECT_EQ(delivery(sent_)["outcome"], "quarantined");
  }
}

TEST_F(Outcomes, AnEnvelopeThatSaysTooLittleIsQuarantinedWithItsReason) {
  const std::pair<const char*, const char*> bodies[] = {
      {R"({"topic":"CALL_RECEIVED"})", "the envelope has no data object"},
      {R"({"topic":"CALL_RECEIVED","data":[]})", "the envelope has no data object"},
      {R"({"topic":"CALL_RECEIVED","data":{}})", "a call without an id, a start or a number"},
      {R"({"topic":"CONTACT_CREATED","data":{"name":"x"}})", "a contact without an id"},
      {R"({"topic":"tag.added","version":"2.0","data":{"tag":"x"}})", "a tag without the id of its call"},
  };
  for (const auto& [body, reason] : bodies) {
    EXPECT_EQ(post(body), "200 quarantined") << body;
    EXPECT_EQ(delivery(sent_)["reason"], reason) << body;
  }
}

TEST_F(Outcomes, AnUnknownTopicIsNoted) {
  EXPECT_EQ(post(R"({"topic":"call.dreamt","version":"2.0","timestamp":"2026-03-02T09:00:00Z","data":{}})"),
            "200 noted");
  EXPECT_EQ(delivery(sent_)["topic"], "call.dreamt");
}

TEST_F(Outcomes, ADeepBodyIsSurvived) {
  const std::size_t levels = 100'000;
  EXPECT_EQ(post(call(R"("summary":"kept","x":)" + repeated("[", levels) + repeated("]", levels))), "200 stored");
  EXPECT_EQ(the_call()["summary"], "kept");
  EXPECT_EQ(
      post(R"({"topic":"CALL_RECEIVED","data":)" + repeated(R"({"a":)", levels) + "1" + repeated("}", levels) + "}"),
      "200 quarantined");
  EXPECT_EQ(post(repeated("[", levels)), "400 not_json");
  EXPECT_EQ(post(repeated("[", levels) + repeated("]", levels)), "422 no_envelope");
}

TEST_F(Outcomes, OddNumbersAreSurvived) {
  EXPECT_EQ(post(call(R"("length_in_minutes":1e999,"integration_id":12345678901234567890123,)"
                      R"("data_collected":{"big":12345678901234567890123,"price":25000.00,"huge":1e999})")),
            "200 stored");
  const auto found = the_call();
  EXPECT_EQ(found["duration_seconds"], nullptr);
  EXPECT_EQ(found["integration_id"], "12345678901234567890123");
  // As they were written: no double could hold them.
  const std::string text = service_.get("/v1/calls/cll_1").body;
  EXPECT_THAT(text, testing::HasSubstr(R"("big":12345678901234567890123)"));
  EXPECT_THAT(text, testing::HasSubstr(R"("price":25000.00)"));
}

TEST_F(Outcomes, TheLastOfTwoEqualKeysCounts) {
  EXPECT_EQ(post(call(R"("summary":"first","summary":"second")")), "200 stored");
  EXPECT_EQ(the_call()["summary"], "second");
}

TEST_F(Outcomes, TextThatIsNoTextIsRepairedForTheTables) {
  EXPECT_EQ(post(call(R"("from_name":"a\u0000b","to_name":"x\ud83dy",)"
                      "\"summary\":\"caf\xe9 noir\"")),
            "200 stored");
  const auto found = the_call();
  EXPECT_EQ(found["from_name"], "a\uFFFDb");
  EXPECT_EQ(found["to_name"], "x\uFFFDy");
  EXPECT_EQ(found["summary"], "caf\uFFFD noir");
}

TEST_F(Outcomes, AByteOrderMarkIsNoObstacle) {
  EXPECT_EQ(post("\xef\xbb\xbf" + call(R"("summary":"marked")")), "200 stored");
  EXPECT_EQ(the_call()["summary"], "marked");
}

TEST_F(Outcomes, ARawNulIsNoJson) { EXPECT_EQ(post(std::string("{\"topic\":\"PING\"}\0", 17)), "400 not_json"); }

TEST_F(Outcomes, ALongTranscriptIsStoredWhole) {
  constexpr int kEntries = 40'000;
  std::string entries;
  for (int i = 0; i < kEntries; ++i) {
    entries += (i == 0 ? "" : ",") + std::string(R"({"source":"USER","time":"2026-03-02T09:00:00Z","text":")") +
               repeated("word ", 40) + std::to_string(i) + "\"}";
  }
  const std::string body = call("\"transcriptions\":[" + entries + "]");
  ASSERT_GE(body.size(), 10'000'000u);
  EXPECT_EQ(post(body), "200 stored");
  EXPECT_EQ(service_.ask("/v1/calls/cll_1")["transcript_entry_count"], kEntries);
  const auto last = service_.ask("/v1/calls/cll_1/transcript?limit=500")["data"].back();
  EXPECT_THAT(last["text"].get<std::string>(), testing::EndsWith(" 499"));
}

TEST_F(Outcomes, ABodyThatIsTooLargeIsRefused) {
  const Answer answer = service_.post(repeated("x", 12'000'001));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(service_.ask("/v1/deliveries")["data"].size(), 0u);
}

TEST_F(Outcomes, TheSameAgainIsCountedAndChangesNothing) {
  const std::string body = call(R"("summary":"once")");
  EXPECT_EQ(post(body), "200 stored");
  const auto before = the_call();
  EXPECT_EQ(outcome(service_.post(body)), "200 duplicate");
  EXPECT_EQ(outcome(service_.post(body)), "200 duplicate");
  EXPECT_EQ(the_call(), before);
  EXPECT_EQ(delivery(1)["times_received"], 3);
  EXPECT_EQ(service_.ask("/v1/deliveries")["data"].size(), 1u);
}

TEST_F(Outcomes, OneWebhookIdIsOneDelivery) {
  const std::string first = R"({"topic":"tag.added","version":"2.0","data":{"call_id":"cll_1","tag":"one"}})";
  const std::string other = R"({"topic":"tag.added","version":"2.0","data":{"call_id":"cll_1","tag":"two"}})";
  EXPECT_EQ(post(call(R"("summary":"x")")), "200 stored");
  EXPECT_EQ(outcome(service_.post(first, "webhook-id: msg_1\r\n")), "200 stored");
  EXPECT_EQ(outcome(service_.post(first, "webhook-id: msg_1\r\n")), "200 duplicate");
  EXPECT_EQ(outcome(service_.post(other, "webhook-id: msg_1\r\n")), "200 duplicate");
  EXPECT_EQ(service_.get("/v1/deliveries/3?raw=true").body, other);  // kept, not applied
  EXPECT_EQ(the_call()["tags"], nlohmann::json::array({"one"}));
  EXPECT_EQ(outcome(service_.post(other, "webhook-id: msg_2\r\n")), "200 stored");
  EXPECT_EQ(the_call()["tags"], nlohmann::json::array({"one", "two"}));
}

}  // namespace
}  // namespace callarchive::process
