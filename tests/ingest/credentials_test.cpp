#include "server/ingest/credentials.h"

#include "server/text/base64.h"

#include <gtest/gtest.h>

namespace callarchive {
namespace {

constexpr Millis kNow = 1700000000'000;
constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string kBody = R"({"topic":"PING"})";

WebhookCredentials secrets_only() { return {.secrets = {parse_signing_secret(kSecret)}}; }
WebhookCredentials tokens_only() { return {.tokens = {"old-token", "token"}}; }
WebhookCredentials both() { return {.secrets = secrets_only().secrets, .tokens = tokens_only().tokens}; }

http::Request plain() { return {.method = "POST", .path = "/webhooks/allo", .body = kBody}; }

http::Request with_header(const std::string& name, const std::string& value) {
  http::Request request = plain();
  request.headers.emplace_back(name, value);
  return request;
}

http::Request with_basic(const std::string& pair) { return with_header("authorization", "Basic " + base64(pair)); }

http::Request with_path_token(const std::string& token) {
  http::Request request = plain();
  request.path_parameters = {token};
  return request;
}

http::Request with_signature(std::int64_t seconds_late = 0) {
  http::Request request = plain();
  const std::string time = std::to_string(kNow / 1000 - seconds_late);
  request.headers = {{"webhook-id", "msg_1"},
                     {"webhook-timestamp", time},
                     {"webhook-signature", sign("msg_1", time, kBody, parse_signing_secret(kSecret))}};
  return request;
}

// "ok", "ok <webhook id>", or "<code>: <detail>".
std::string outcome(const http::Request& request, const WebhookCredentials& credentials) {
  try {
    const Sender sender = authenticate(request, credentials, kNow);
    return sender.webhook_id ? "ok " + *sender.webhook_id : "ok";
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), 401);
    return error.code() + ": " + error.what();
  }
}

TEST(Credentials, LetAllInWhenThereAreNone) {
  EXPECT_EQ(outcome(plain(), {}), "ok");
  EXPECT_EQ(outcome(with_header("webhook-id", "msg_1"), {}), "ok msg_1");
  EXPECT_EQ(outcome(with_header("webhook-id", "a\r\nb"), {}), "ok");
  EXPECT_EQ(outcome(with_signature(999), {}), "ok msg_1");
}

TEST(Credentials, TakeASignature) {
  EXPECT_EQ(outcome(with_signature(), secrets_only()), "ok msg_1");
  EXPECT_EQ(outcome(with_signature(), both()), "ok msg_1");
}

TEST(Credentials, TakeATokenInEachPlace) {
  for (const auto& credentials : {tokens_only(), both()}) {
    EXPECT_EQ(outcome(with_path_token("token"), credentials), "ok");
    EXPECT_EQ(outcome(with_path_token("old-token"), credentials), "ok");
    EXPECT_EQ(outcome(with_header("authorization", "Bearer token"), credentials), "ok");
    EXPECT_EQ(outcome(with_header("authorization", "bearer  token"), credentials), "ok");
    EXPECT_EQ(outcome(with_basic("allo:token"), credentials), "ok");
    EXPECT_EQ(outcome(with_basic(":token"), credentials), "ok");
  }
}

TEST(Credentials, RefuseAWrongTokenInEachPlace) {
  const std::string expected = "unauthorized: the token is not known";
  for (const std::string& token : {"toke", "token ", "tokens", "Token", ""}) {
    EXPECT_EQ(outcome(with_path_token(token), tokens_only()), expected) << token;
    EXPECT_EQ(outcome(with_header("authorization", "Bearer x" + token), tokens_only()), expected) << token;
    EXPECT_EQ(outcome(with_basic("token:" + token), tokens_only()), expected) << token;
  }
}

TEST(Credentials, RefuseARequestWithoutAny) {
  EXPECT_EQ(outcome(plain(), tokens_only()), "unauthorized: a token is needed");
  EXPECT_EQ(outcome(plain(), both()), "unauthorized: a token is needed");
  EXPECT_EQ(outcome(plain(), secrets_only()), "unauthorized: a signature is needed");
  for (const char* header : {"", "Bearer", "Bearertoken", "Basic", "Basic !", "Basic dG9rZW4=", "Digest token"}) {
    EXPECT_EQ(outcome(with_header("authorization", header), tokens_only()), "unauthorized: a token is needed")
        << header;
  }
}

TEST(Credentials, NeverTakeATokenWhereThereAreOnlySecrets) {
  EXPECT_EQ(outcome(with_path_token(""), secrets_only()), "unauthorized: the token is not known");
  EXPECT_EQ(outcome(with_header("authorization", "Bearer token"), secrets_only()),
            "unauthorized: the token is not known");
}

TEST(Credentials, ABadSignatureIsNotMadeGoodByAToken) {
  http::Request request = with_signature();
  request.body += ' ';
  request.path_parameters = {"token"};
  EXPECT_EQ(outcome(request, both()), "unauthorized: the signature does not fit the body");
}

TEST(Credentials, IncompleteSignatureHeadersAreNamed) {
  for (std::size_t left_out = 0; left_out < 2; ++left_out) {
    http::Request request = with_signature();
    request.headers.erase(request.headers.begin() + static_cast<std::ptrdiff_t>(left_out));
    EXPECT_EQ(outcome(request, both()),
              "unauthorized: webhook-id, webhook-timestamp and webhook-signature must all be there and well formed");
  }
}

TEST(Credentials, SayByHowMuchTheClocksDiffer) {
  EXPECT_EQ(outcome(with_signature(412), secrets_only()),
            "clock_skew: webhook-timestamp is 412 seconds behind the clock here; at most 300 are allowed");
  EXPECT_EQ(outcome(with_signature(-3600), secrets_only()),
            "clock_skew: webhook-timestamp is 3600 seconds ahead of the clock here; at most 300 are allowed");
}

// Otherwise a holder of the token could use up the ids of deliveries to come.
TEST(Credentials, AnUnsignedIdIsNotTrusted) {
  http::Request request = with_header("webhook-id", "msg_1");
  request.path_parameters = {"token"};
  EXPECT_EQ(outcome(request, both()), "ok");
  http::Request signed_request = with_signature();
  signed_request.path_parameters = {"token"};
  EXPECT_EQ(outcome(signed_request, tokens_only()), "ok");
}

TEST(Credentials, ARefusalSaysHowToTry) {
  try {
    authenticate(plain(), tokens_only(), kNow);
    FAIL();
  } catch (const http::HttpError& error) {
    ASSERT_EQ(error.headers.size(), 1u);
    EXPECT_EQ(error.headers.front().first, "WWW-Authenticate");
  }
}

TEST(SharedCredentials, ExchangeThemForTheNextRequest) {
  SharedCredentials shared(tokens_only());
  const auto before = shared.get();
  shared.set(secrets_only());
  EXPECT_EQ(before->tokens.size(), 2u);
  EXPECT_TRUE(shared.get()->tokens.empty());
}

}  // namespace
}  // namespace callarchive
