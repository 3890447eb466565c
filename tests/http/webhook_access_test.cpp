#include "server/access/webhook_access.h"

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

http::Request plain() {
  return {.method = "POST", .path = "/webhooks/allo", .headers = {{"host", "localhost"}}, .body = kBody};
}

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
  request.headers.emplace_back("webhook-id", "msg_1");
  request.headers.emplace_back("webhook-timestamp", time);
  request.headers.emplace_back("webhook-signature", sign("msg_1", time, kBody, parse_signing_secret(kSecret)));
  return request;
}

// Open when there are no credentials.
WebhookAccess protected_by(const WebhookCredentials& credentials) {
  return {{.is_open = credentials.is_empty()}, credentials, std::make_shared<AccessControl>(AccessOptions{})};
}

// The same request as a sender with Svix's header names makes it.
http::Request with_svix_names(http::Request request) {
  for (auto& [name, value] : request.headers) {
    if (name.starts_with("webhook-")) name.replace(0, 7, "svix");
  }
  return request;
}

// "ok", "ok <webhook id>", or "<code>: <detail>".
std::string outcome(const http::Request& request, const WebhookCredentials& credentials) {
  try {
    WebhookAccess access = protected_by(credentials);
    const Sender sender = access.authenticate(request, kNow);
    return sender.webhook_id ? "ok " + *sender.webhook_id : "ok";
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), error.code().starts_with("foreign") ? 403 : 401);
    return error.code() + ": " + error.what();
  }
}

TEST(WebhookAccess, LetAllInWhenThereAreNone) {
  EXPECT_EQ(outcome(plain(), {}), "ok");
  EXPECT_EQ(outcome(with_header("webhook-id", "msg_1"), {}), "ok msg_1");
  EXPECT_EQ(outcome(with_header("webhook-id", "a\r\nb"), {}), "ok");
  EXPECT_EQ(outcome(with_signature(999), {}), "ok msg_1");
}

TEST(WebhookAccess, TakeASignature) {
  EXPECT_EQ(outcome(with_signature(), secrets_only()), "ok msg_1");
  EXPECT_EQ(outcome(with_signature(), both()), "ok msg_1");
}

TEST(WebhookAccess, SvixNamesMeanTheSame) {
  EXPECT_EQ(outcome(with_svix_names(with_signature()), secrets_only()), "ok msg_1");
  EXPECT_EQ(outcome(with_svix_names(with_header("webhook-id", "msg_1")), {}), "ok msg_1");
  http::Request changed = with_svix_names(with_signature());
  changed.body += ' ';
  EXPECT_EQ(outcome(changed, secrets_only()), "unauthorized: signature mismatch");
  http::Request mixed = with_signature();
  for (auto& [name, value] : mixed.headers) {
    if (name == "webhook-id") name = "svix-id";
  }
  EXPECT_EQ(outcome(mixed, secrets_only()),
            "unauthorized: webhook-id, webhook-timestamp and webhook-signature must all be present and well-formed");
}

TEST(WebhookAccess, GuessesAtASignatureAndAtATokenAreSlowedAlike) {
  for (const bool is_signed : {true, false}) {
    WebhookAccess access({.failures = {.burst = 3, .per_minute = 1}}, both(),
                         std::make_shared<AccessControl>(AccessOptions{}));
    const auto status = [&](const http::Request& request) {
      try {
        access.authenticate(request, kNow);
        return 200;
      } catch (const http::HttpError& error) {
        return error.status();
      }
    };
    http::Request guess = is_signed ? with_signature() : with_path_token("wrong");
    guess.body += ' ';
    for (int i = 0; i < 3; ++i) EXPECT_EQ(status(guess), 401) << is_signed << i;
    EXPECT_EQ(status(guess), 429) << is_signed;
    EXPECT_EQ(status(with_signature()), 200) << "a right one is always accepted";
    EXPECT_EQ(status(with_signature(999)), 401) << "a clock that is off is not a guess";
    EXPECT_EQ(status(with_path_token("token")), 200);
  }
}

TEST(WebhookAccess, TakeATokenInEachPlace) {
  for (const auto& credentials : {tokens_only(), both()}) {
    EXPECT_EQ(outcome(with_path_token("token"), credentials), "ok");
    EXPECT_EQ(outcome(with_path_token("old-token"), credentials), "ok");
    EXPECT_EQ(outcome(with_header("authorization", "Bearer token"), credentials), "ok");
    EXPECT_EQ(outcome(with_header("authorization", "bearer  token"), credentials), "ok");
    EXPECT_EQ(outcome(with_basic("allo:token"), credentials), "ok");
    EXPECT_EQ(outcome(with_basic(":token"), credentials), "ok");
  }
}

TEST(WebhookAccess, RefuseAWrongTokenInEachPlace) {
  const std::string expected = "unauthorized: unknown token";
  for (const std::string& token : {"toke", "token ", "tokens", "Token", ""}) {
    EXPECT_EQ(outcome(with_path_token(token), tokens_only()), expected) << token;
    EXPECT_EQ(outcome(with_header("authorization", "Bearer x" + token), tokens_only()), expected) << token;
    EXPECT_EQ(outcome(with_basic("token:" + token), tokens_only()), expected) << token;
  }
}

TEST(WebhookAccess, RefuseARequestWithoutAny) {
  EXPECT_EQ(outcome(plain(), tokens_only()), "unauthorized: token required");
  EXPECT_EQ(outcome(plain(), both()), "unauthorized: token required");
  EXPECT_EQ(outcome(plain(), secrets_only()), "unauthorized: signature required");
  for (const char* header : {"", "Bearer", "Bearertoken", "Basic", "Basic !", "Basic dG9rZW4=", "Digest token"}) {
    EXPECT_EQ(outcome(with_header("authorization", header), tokens_only()), "unauthorized: token required") << header;
  }
}

TEST(WebhookAccess, NeverTakeATokenWhereThereAreOnlySecrets) {
  EXPECT_EQ(outcome(with_path_token(""), secrets_only()), "unauthorized: unknown token");
  EXPECT_EQ(outcome(with_header("authorization", "Bearer token"), secrets_only()), "unauthorized: unknown token");
}

TEST(WebhookAccess, ABadSignatureIsNotMadeGoodByAToken) {
  http::Request request = with_signature();
  request.body += ' ';
  request.path_parameters = {"token"};
  EXPECT_EQ(outcome(request, both()), "unauthorized: signature mismatch");
}

TEST(WebhookAccess, IncompleteSignatureHeadersAreNamed) {
  for (std::size_t left_out = 0; left_out < 2; ++left_out) {
    http::Request request = with_signature();
    request.headers.erase(request.headers.begin() + 1 + static_cast<std::ptrdiff_t>(left_out));
    EXPECT_EQ(outcome(request, both()),
              "unauthorized: webhook-id, webhook-timestamp and webhook-signature must all be present and well-formed");
  }
}

TEST(WebhookAccess, SayByHowMuchTheClocksDiffer) {
  EXPECT_EQ(outcome(with_signature(412), secrets_only()),
            "clock_skew: webhook-timestamp is 412 seconds behind this server's clock; at most 300 are allowed");
  EXPECT_EQ(outcome(with_signature(-3600), secrets_only()),
            "clock_skew: webhook-timestamp is 3600 seconds ahead of this server's clock; at most 300 are allowed");
}

// Otherwise a holder of the token could use up the ids of deliveries to come.
TEST(WebhookAccess, AnUnsignedIdIsNotTrusted) {
  http::Request request = with_header("webhook-id", "msg_1");
  request.path_parameters = {"token"};
  EXPECT_EQ(outcome(request, both()), "ok");
  http::Request signed_request = with_signature();
  signed_request.path_parameters = {"token"};
  EXPECT_EQ(outcome(signed_request, tokens_only()), "ok");
}

TEST(WebhookAccess, ARefusalSaysHowToTry) {
  try {
    protected_by(tokens_only()).authenticate(plain(), kNow);
    FAIL();
  } catch (const http::HttpError& error) {
    ASSERT_EQ(error.headers.size(), 1u);
    EXPECT_EQ(error.headers.front().first, "WWW-Authenticate");
  }
}

TEST(WebhookAccess, NewCredentialsReplaceTheOldOnes) {
  WebhookAccess access = protected_by(tokens_only());
  access.authenticate(with_path_token("token"), kNow);
  access.replace(secrets_only());
  EXPECT_THROW(access.authenticate(with_path_token("token"), kNow), http::HttpError);
  EXPECT_EQ(access.authenticate(with_signature(), kNow).webhook_id, "msg_1");
}

TEST(WebhookAccess, WhereItIsOpenPagesOfOtherOriginsAreRefused) {
  EXPECT_EQ(outcome(with_header("origin", "http://localhost"), {}), "ok");
  for (const auto& [name, value, expected] :
       {std::tuple{"origin", "https://evil.example", "foreign_origin: cross-origin request not allowed"},
        {"host", "evil.example", "foreign_host: Host not allowed; see --allowed-host"}}) {
    http::Request request = plain();
    request.headers.insert(request.headers.begin(), {name, value});
    EXPECT_EQ(outcome(request, {}), expected);
  }
}

// The vendor reaches a program on loopback through a tunnel, by a name of its own.
TEST(WebhookAccess, WithCredentialsAnyHostWillDo) {
  http::Request request = with_signature();
  request.headers.front().second = "tunnel.example";
  EXPECT_EQ(outcome(request, secrets_only()), "ok msg_1");
}

TEST(WebhookAccess, VerifiedSignaturesTellTheClockDifference) {
  std::vector<double> noted;
  WebhookAccess access({.note_clock_difference = [&](double seconds) { noted.push_back(seconds); }}, secrets_only(),
                       std::make_shared<AccessControl>(AccessOptions{}));
  access.authenticate(with_signature(12), kNow + 250);
  EXPECT_THROW(access.authenticate(with_signature(400), kNow), http::HttpError);
  http::Request forged = with_signature(3000);
  forged.body += ' ';
  EXPECT_THROW(access.authenticate(forged, kNow), http::HttpError);
  EXPECT_EQ(noted, (std::vector{12.25, 400.0}));
}

}  // namespace
}  // namespace callarchive
