#include "server/ingest/receive.h"

#include "server/ingest/decode.h"
#include "tests/ingest/recorded.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace callarchive {
namespace {

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// The receiver on a real archive, called directly.
class Receive : public testing::Test {
 protected:
  // "<status> <answer's status or problem code> <delivery>: <reason or detail>"
  std::string send(http::Request request) {
    try {
      const http::Response response = receive_(request);
      const auto answer = nlohmann::json::parse(response.body);
      return std::to_string(response.status) + ' ' + answer.at("status").get<std::string>() + ' ' +
             std::to_string(answer.at("delivery").get<std::int64_t>()) +
             (answer.contains("reason") ? ": " + answer.at("reason").get<std::string>() : "");
    } catch (const http::HttpError& error) {
      headers_ = error.headers;
      return std::to_string(error.status()) + ' ' + error.code() + ": " + error.what();
    }
  }

  std::string post(const std::string& body) {
    return send({.method = "POST", .headers = {{"host", "localhost"}}, .body = body});
  }

  std::string post_signed(const std::string& body, const std::string& id) {
    const std::string time = std::to_string(now_ / 1000);
    return send({.method = "POST",
                 .headers = {{"host", "localhost"},
                             {"webhook-id", id},
                             {"webhook-timestamp", time},
                             {"webhook-signature", sign(id, time, body, parse_signing_secret(kSecret))}},
                 .body = body});
  }

  DeliveryRecord ledger(std::int64_t delivery) { return archive_.reader().find_delivery(delivery).value(); }
  std::int64_t kept() { return archive_.reader().count_deliveries({}, true).total; }

  // A receiver that is open where there are no credentials.
  http::Handler make(const WebhookCredentials& credentials) {
    const auto access = std::make_shared<WebhookAccess>(WebhookAccessOptions{.is_open = credentials.is_empty()},
                                                        credentials, std::make_shared<AccessControl>(AccessOptions{}));
    return make_receiver(archive_, access, [this] { return now_ += 1000; });
  }

  Millis now_ = 1'742'000'000'000;
  test::TemporaryFolder folder_;
  Archive archive_{{.path = folder_.file("archive.db")}, decode};
  http::Handler receive_ = make(WebhookCredentials{});
  std::vector<std::pair<std::string, std::string>> headers_ = {};
};

TEST_F(Receive, StoresEveryRecordedDeliveryOnce) {
  std::int64_t count = 0;
  for (const Recorded& recorded : all_recorded()) {
    const std::string number = std::to_string(++count), what = recorded.dialect + '/' + recorded.topic;
    const std::string expected = recorded.topic == "PING" ? "200 noted " + number + ": PING" : "200 stored " + number;
    EXPECT_EQ(post(recorded.body), expected) << what;
    EXPECT_TRUE(post(recorded.body).starts_with("200 duplicate " + number)) << what;
    EXPECT_EQ(ledger(count).body, recorded.body) << what;
    EXPECT_EQ(ledger(count).dialect, recorded.dialect) << what;
    EXPECT_EQ(ledger(count).times_received, 2) << what;
  }
  EXPECT_EQ(kept(), count);
}

TEST_F(Receive, WhatIsAcknowledgedCanBeRead) {
  post(recorded_body("v2", "call.completed"));
  const auto call = archive_.reader().find_call("cll_2Nq7hVbXw9TzK4mRfJ3c", true);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->from_name, "Camille Durand");
  EXPECT_EQ(call->transcript.size(), 3u);
}

TEST_F(Receive, NotesAnUnknownTopic) {
  EXPECT_EQ(post(R"({"topic":"recording.ready","version":"2.0"})"), "200 noted 1: unknown topic recording.ready");
}

TEST_F(Receive, QuarantinesAnEnvelopeThatSaysNothing) {
  EXPECT_EQ(post(R"({"topic":"CONTACT_CREATED","data":{}})"), "200 quarantined 1: a contact without an id");
  EXPECT_EQ(ledger(1).outcome, Outcome::quarantined);
}

TEST_F(Receive, KeepsWhatItRefusesOnARepeatToo) {
  for (int times = 1; times <= 2; ++times) {
    EXPECT_TRUE(post("not json").starts_with("400 not_json: parse error at line 1, column 2"));
    EXPECT_EQ(post("[]"), "422 no_envelope: the body is JSON, but not an object; stored as delivery 2");
    EXPECT_EQ(ledger(1).body, "not json");
    EXPECT_EQ(ledger(1).outcome, Outcome::quarantined);
    EXPECT_EQ(ledger(1).times_received, times);
    EXPECT_EQ(ledger(2).times_received, times);
  }
}

TEST_F(Receive, KeepsNothingOfAStranger) {
  receive_ = make({.tokens = {"token"}});
  EXPECT_EQ(post(R"({"topic":"PING"})"), "401 unauthorized: token required");
  EXPECT_EQ(post("not json"), "401 unauthorized: token required");
  EXPECT_EQ(kept(), 0);
}

// The vendor disables an endpoint that keeps refusing, and with it every webhook.
TEST_F(Receive, OfAnAuthenticatedSenderItKeepsAndAcknowledgesAnything) {
  receive_ = make({.secrets = {parse_signing_secret(kSecret)}});
  int count = 0;
  for (const std::string body : {"not json", "[]", "{}", "\xff\xfe", ""}) {
    const std::string answered = post_signed(body, "msg_" + std::to_string(++count));
    EXPECT_TRUE(answered.starts_with("200 quarantined " + std::to_string(count) + ": ")) << body << ": " << answered;
  }
  EXPECT_EQ(ledger(1).body, "not json");
  EXPECT_TRUE(ledger(1).reason);
  EXPECT_EQ(kept(), 5);
}

TEST_F(Receive, KnowsARedeliveryByItsSignedId) {
  receive_ = make({.secrets = {parse_signing_secret(kSecret)}});
  const std::string body = recorded_body("v2", "sms.received");
  EXPECT_EQ(post_signed(body, "msg_1"), "200 stored 1");
  EXPECT_EQ(post_signed(body, "msg_1"), "200 duplicate 1");
  EXPECT_EQ(ledger(1).webhook_id, "msg_1");
}

TEST_F(Receive, SaysWhenNothingCouldBeKept) {
  archive_.close();
  EXPECT_TRUE(post(R"({"topic":"PING"})").starts_with("503 overloaded: "));
  ASSERT_EQ(headers_.size(), 1u);
  EXPECT_EQ(headers_.front().first, "Retry-After");
}

}  // namespace
}  // namespace callarchive
