#include "server/access/signature.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <fstream>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

constexpr const char* kOldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kNewSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
constexpr const char* kOtherSecret = "whsec_cGxlYXNlIGRvIG5vdCB1c2UgdGhpcyBvbmU=";
constexpr const char* kToken = "a-token-of-forty-characters-or-so-000001";
constexpr const char* kBody = R"({"topic":"PING"})";

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string signed_headers(const std::string& body, const std::string& secret, std::int64_t seconds = seconds_now(),
                           const std::string& id = "msg_1") {
  const std::string time = std::to_string(seconds);
  return "webhook-id: " + id + "\r\nwebhook-timestamp: " + time + "\r\nwebhook-signature: v1,AAAA " +
         sign(id, time, body, parse_signing_secret(secret)) + "\r\n";
}

TEST(Authentication, OnlyASignatureOfAKnownSecretIsTaken) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--webhook-secret", kOldSecret, "--webhook-secret", kNewSecret});
  EXPECT_EQ(outcome(service.post(kBody)), "401 unauthorized");
  EXPECT_EQ(outcome(service.post(kBody, signed_headers(kBody, kOtherSecret))), "401 unauthorized");
  EXPECT_EQ(outcome(service.post(R"({"topic":"PONG"})", signed_headers(kBody, kOldSecret))), "401 unauthorized");
  EXPECT_EQ(outcome(service.post(kBody, signed_headers(kBody, kOldSecret, seconds_now() - 330))), "401 clock_skew");
  EXPECT_EQ(outcome(service.post(kBody, signed_headers(kBody, kOldSecret, seconds_now() + 330))), "401 clock_skew");
  EXPECT_EQ(outcome(service.post(kBody, "webhook-id: msg_1\r\nwebhook-signature: v1,AAAA\r\n")), "401 unauthorized");
  EXPECT_EQ(outcome(service.post("not JSON")), "401 unauthorized");  // before anything is parsed
  EXPECT_TRUE(service.ask("/v1/deliveries")["data"].empty()) << "a refused delivery was kept";

  EXPECT_EQ(outcome(service.post(kBody, signed_headers(kBody, kOldSecret))), "200 noted");
  EXPECT_EQ(outcome(service.post(kBody, signed_headers(kBody, kNewSecret, seconds_now(), "msg_2"))), "200 noted");
  EXPECT_EQ(outcome(service.post(kBody, signed_headers(kBody, kNewSecret))), "200 duplicate");
}

TEST(Authentication, ABodyWithOneByteChangedOrMissingIsRefused) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--webhook-secret", kOldSecret, "--max-failures", "100000"});
  const std::string body = kBody;
  const std::string headers = signed_headers(body, kOldSecret);
  for (std::size_t at = 0; at < body.size(); ++at) {
    std::string changed = body;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(service.post(changed, headers).status, 401) << at;
    EXPECT_EQ(service.post(body.substr(0, at), headers).status, 401) << at;
  }
  EXPECT_EQ(service.post(body, headers).status, 200);
}

TEST(Authentication, ATokenIsTakenWhereverASenderCanPutIt) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--webhook-token", kToken});
  const std::string basic = "Authorization: Basic YWxsbzphLXRva2VuLW9mLWZvcnR5LWNoYXJhY3RlcnMtb3Itc28tMDAwMDAx\r\n";
  EXPECT_EQ(service.post(kBody).status, 401);
  EXPECT_EQ(service.post(kBody, "Authorization: Bearer another\r\n").status, 401);
  EXPECT_EQ(service.post(kBody, "", "/webhooks/allo/another").status, 401);
  EXPECT_EQ(service.post(kBody, signed_headers(kBody, kOldSecret)).status, 401);
  EXPECT_TRUE(service.ask("/v1/deliveries")["data"].empty());
  EXPECT_EQ(outcome(service.post(kBody, std::string("Authorization: Bearer ") + kToken + "\r\n")), "200 noted");
  EXPECT_EQ(outcome(service.post(kBody, basic)), "200 duplicate");
  EXPECT_EQ(outcome(service.post(kBody, "", std::string("/webhooks/allo/") + kToken)), "200 duplicate");
  EXPECT_THAT(service.log(), testing::Not(testing::HasSubstr(kToken)));
}

TEST(Authentication, SecretsInAFileAreReadAgainOnAHangup) {
  const TemporaryFolder folder;
  const std::string secrets = folder.file("secrets");
  std::ofstream(secrets) << kOldSecret << '\n';
  const Service service(folder.file("archive.db"), {"--webhook-secret", "@" + secrets});
  EXPECT_EQ(service.post(kBody, signed_headers(kBody, kNewSecret)).status, 401);
  std::ofstream(secrets) << kNewSecret << '\n';
  service.signal(SIGHUP);
  service.wait_for_log("credentials reloaded");
  EXPECT_EQ(service.post(kBody, signed_headers(kBody, kNewSecret)).status, 200);
  EXPECT_EQ(service.post(kBody, signed_headers(kBody, kOldSecret)).status, 401);
}

TEST(Authentication, BeyondLoopbackItDoesNotStartWithoutCredentials) {
  const TemporaryFolder folder;
  const Ended refused = run({"serve", "--db", folder.file("archive.db"), "--listen", "0.0.0.0:0"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, testing::HasSubstr("--webhook-secret"));
}

}  // namespace
}  // namespace callarchive::process
