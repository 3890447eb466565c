#include "server/vendor/client.h"
#include "tests/recordings/fake_vendor.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <thread>

// Requests to the vendor, which is a server of our own: docs/backfill.md.

namespace callarchive::vendor::testing {
namespace {

using recordings::testing::FakeVendor;
using recordings::testing::Line;
using recordings::testing::Seen;
using std::string;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* kKey = "ak_live_secret";

class ClientTest : public ::testing::Test {
 protected:
  ClientOptions options() const {
    const auto rules = vendor.rules();
    return {.url = rules.vendor_url,
            .key = kKey,
            .transfer = rules.transfer,
            .limiter = std::make_shared<Limiter>(1000, 1000),
            .tries = 4,
            .first_wait = 1ms,
            .longest_wait = 2ms};
  }
  // Answers with each of the texts in turn, and with the last one from then on.
  void answer_in_turn(const string& path, std::vector<std::tuple<int, string, string>> answers) {
    vendor.on(path, [answers = std::move(answers), turn = std::make_shared<std::atomic<std::size_t>>(0)](const Seen&,
                                                                                                         Line& line) {
      const auto& [status, headers, body] = answers[std::min(turn->fetch_add(1), answers.size() - 1)];
      line.answer(status, body, headers);
    });
  }
  static VendorError failure_of(const std::function<void()>& request) {
    try {
      request();
    } catch (const VendorError& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return VendorError("");
  }

  FakeVendor vendor;
};

TEST_F(ClientTest, SendsTheKeyAndTheBody) {
  answer_in_turn("/v2/api/x", {{200, "", "{\"data\":[]}"}});
  Client client(options());
  EXPECT_EQ(client.get("/v2/api/x?a=1"), "{\"data\":[]}");
  EXPECT_EQ(client.post("/v2/api/x", "{\"page\":1}"), "{\"data\":[]}");
  const auto seen = vendor.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].method, "GET");
  EXPECT_EQ(seen[0].path, "/v2/api/x?a=1");
  EXPECT_EQ(seen[0].header("authorization"), kKey);
  EXPECT_EQ(seen[1].method, "POST");
  EXPECT_EQ(seen[1].body, "{\"page\":1}");
  EXPECT_EQ(seen[1].header("content-type"), "application/json");
  EXPECT_EQ(client.requests(), 2);
}

TEST_F(ClientTest, TriesAgainWhatMayPass) {
  const struct {
    int status;
    const char* headers;
    const char* body;
  } kRows[] = {
      {500, "", R"({"error":{"code":"INTERNAL_SERVER_ERROR","retryable":true}})"},
      {502, "", "<html>"},
      {409, "", R"({"error":{"code":"BUSY","retryable":true}})"},
      {429, "", R"({"error":{"code":"RATE_LIMIT_EXCEEDED","retry_after_seconds":0}})"},
      {429, "", R"({"code":"API_KEY_QUOTA_EXCEEDED","details":[{"message":"limit=9;type=DAILY;reset_in=1"}]})"},
      {429, "Retry-After: 1\r\n", "{}"},
      {429, "X-RateLimit-Reset: 0\r\n", "{}"},
      {429, "", "no json"},
  };
  for (const auto& [status, headers, body] : kRows) {
    answer_in_turn("/x", {{status, headers, body}, {200, "", "good"}});
    Client client(options());
    EXPECT_EQ(client.get("/x"), "good") << status << body;
    EXPECT_EQ(client.requests(), 2) << status << body;
  }
}

TEST_F(ClientTest, GivesUpAfterItsTries) {
  answer_in_turn("/x", {{500, "", "{}"}});
  Client client(options());
  const auto error = failure_of([&] { client.get("/x"); });
  EXPECT_EQ(error.reply.status, 500);
  EXPECT_EQ(client.requests(), 4);
}

TEST_F(ClientTest, DoesNotRepeatARefusalAndNamesNeitherKeyNorNumber) {
  answer_in_turn("/v1/api/calls", {{403, "", R"({"code":"API_KEY_INSUFFICIENT_SCOPE","details":null})"}});
  Client client(options());
  const auto error = failure_of([&] { client.get("/v1/api/calls?allo_number=%2B33612345678"); });
  EXPECT_EQ(client.requests(), 1);
  EXPECT_TRUE(error.is_denied());
  EXPECT_EQ(error.reply.code, "API_KEY_INSUFFICIENT_SCOPE");
  EXPECT_STREQ(error.what(), "GET /v1/api/calls: the vendor answers 403 API_KEY_INSUFFICIENT_SCOPE");
  EXPECT_THAT(error.what(), Not(HasSubstr(kKey)));
}

TEST_F(ClientTest, FollowsNoRedirect) {
  answer_in_turn("/x", {{302, "Location: " + vendor.url("other.test", "/y") + "\r\n", ""}});
  Client client(options());
  EXPECT_EQ(failure_of([&] { client.get("/x"); }).reply.status, 302);
  EXPECT_EQ(vendor.seen().size(), 1u);
}

TEST_F(ClientTest, DoesNotWaitForALongPause) {
  answer_in_turn("/x", {{429, "Retry-After: 4000\r\n", "{}"}});
  Client client(options());
  const auto error = failure_of([&] { client.get("/x"); });
  EXPECT_TRUE(error.is_busy());
  EXPECT_EQ(error.reply.retry_after, 4000s);
  EXPECT_EQ(client.requests(), 1);
}

TEST_F(ClientTest, APauseHoldsForAllWhoShareTheLimiter) {
  answer_in_turn("/busy", {{429, "Retry-After: 2\r\n", "{}"}});
  answer_in_turn("/x", {{200, "", ""}});
  auto impatient = options();
  impatient.tries = 1;
  Client other(impatient), client(impatient);
  const auto begin = Clock::now();
  EXPECT_TRUE(failure_of([&] { client.get("/busy"); }).is_busy());
  other.get("/x");
  EXPECT_GE(Clock::now() - begin, 2s);
}

TEST_F(ClientTest, EndsWhenItMay) {
  answer_in_turn("/x", {{500, "", "{}"}});
  auto slow = options();
  slow.first_wait = 1h;
  slow.longest_wait = 1h;
  std::atomic<bool> may_go_on = true;
  slow.may_go_on = [&] { return may_go_on.load(); };
  Client client(std::move(slow));
  std::thread stop([&] {
    while (vendor.count("/x") == 0) std::this_thread::sleep_for(1ms);
    may_go_on = false;
  });
  EXPECT_THROW(client.get("/x"), Stopped);
  stop.join();
}

TEST_F(ClientTest, TrustsNoOtherCertificate) {
  auto wrong = options();
  wrong.transfer.ca_file.clear();
  wrong.tries = 1;
  Client client(std::move(wrong));
  EXPECT_EQ(failure_of([&] { client.get("/x"); }).reply.status, 0);
  EXPECT_TRUE(vendor.seen().empty());
}

// Whatever the number of callers, each kind has its own limit, which is never passed.
TEST(Limiter, NeverPassesItsRates) {
  for (const auto& [kind, rate] : {std::pair(Kind::read, 200.0), {Kind::other, 50.0}}) {
    Limiter limiter(200, 50);
    const auto begin = Clock::now();
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&, kind = kind] {
        for (int n = 0; n < 6; ++n) EXPECT_TRUE(limiter.acquire(kind, {}));
      });
    }
    for (auto& caller : callers) caller.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    EXPECT_LE(23, seconds * rate) << rate;  // the first one did not wait
  }
}

// /v2/api/me may say less than what is documented; what is documented is never passed.
TEST(Limiter, IsLoweredByWhatTheVendorSaysAndNotRaised) {
  for (const auto& [said, expected] : {std::pair(1000.0, 50.0), {25.0, 25.0}}) {
    Limiter limiter(50, 50);
    limiter.set_rates(said, said);
    const auto begin = Clock::now();
    for (int n = 0; n < 6; ++n) EXPECT_TRUE(limiter.acquire(Kind::read, {}));
    EXPECT_LE(5, std::chrono::duration<double>(Clock::now() - begin).count() * expected) << said;
  }
}

// A service that is started again and again sends no more than one that runs on.
TEST(Limiter, RestartsDoNotAddUp) {
  const test::TemporaryFolder folder;
  const auto begin = Clock::now();
  for (int start = 0; start < 12; ++start) {
    Limiter limiter(200, 50);
    limiter.share_beside(folder.file("a.db"));
    EXPECT_TRUE(limiter.acquire(Kind::other, {}));
  }
  EXPECT_LE(11, std::chrono::duration<double>(Clock::now() - begin).count() * 50);
}

TEST(Limiter, IsSharedByAFile) {
  const test::TemporaryFolder folder;
  Limiter one(1000, 1000), other(1000, 1000);
  one.share_beside(folder.file("a.db"));
  other.share_beside(folder.file("a.db"));
  one.pause(10min);
  int asked = 0;
  EXPECT_FALSE(other.acquire(Kind::other, [&] { return ++asked < 3; }));
}

TEST(Limiter, EndsWhileItWaits) {
  Limiter limiter;
  limiter.pause(1h);
  int asked = 0;
  EXPECT_FALSE(limiter.acquire(Kind::read, [&] { return ++asked < 3; }));
}

TEST(PauseOfReset, IsATimeOrSeconds) {
  constexpr std::int64_t kNow = 1'780'000'000;
  const struct {
    const char* text;
    std::optional<std::chrono::seconds> pause;
  } kRows[] = {
      {"7", 8s}, {"0", 1s}, {"1780000030", 31s}, {"1779999990", 1s}, {"", {}}, {"soon", {}}, {"-3", {}}, {"nan", {}},
  };
  for (const auto& [text, pause] : kRows) EXPECT_EQ(pause_of_reset(text, kNow), pause) << text;
}

}  // namespace
}  // namespace callarchive::vendor::testing
