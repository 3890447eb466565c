#include "tests/ops/tokens.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>

// How `callarchive serve` is protected, configured and reloaded.

namespace callarchive::process {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kToken = "a-token-of-forty-characters-or-so-000001";
constexpr const char* kBody = R"({"topic":"PING"})";

int status(const Service& service, std::string_view target, std::string_view headers = "") {
  return http::testing::exchange(service.port(), http::testing::get(target, headers)).status;
}

TEST(Protection, BeyondLoopbackEachSideNeedsItsCredential) {
  const TemporaryFolder folder;
  const Tokens tokens(folder.file("tokens"));
  const std::string archive = folder.file("archive.db");
  const std::string empty = folder.file("empty");
  std::ofstream(empty) << "# the secret comes here\n\n";
  const std::string marked = folder.file("marked");
  std::ofstream(marked) << "\xef\xbb\xbf" << kSecret << "\n";
  const struct {
    std::vector<std::string> options;
    const char* missing;  // in the message; null: it is good
  } cases[] = {
      {{"--listen", "0.0.0.0:0"}, "--webhook-secret"},
      {{"--listen", "0.0.0.0:0", "--webhook-secret", kSecret}, "--tokens-file"},
      {{"--listen", "0.0.0.0:0", "--webhook-secret", kSecret, "--tokens-file", tokens.file}, nullptr},
      {{"--listen", "0.0.0.0:0", "--tokens-file", tokens.file}, nullptr},  // it has an ingest token
      {{"--trusted-proxy", "127.0.0.1"}, "--webhook-secret"},
      {{"--trusted-proxy", "127.0.0.1", "--webhook-token", kToken}, "--tokens-file"},
      {{"--ingest-listen", "0.0.0.0:0"}, "--webhook-secret"},
      {{"--ingest-listen", "0.0.0.0:0", "--webhook-secret", kSecret}, nullptr},
      {{"--cors-origin", "https://crm.example.org"}, "--tokens-file"},
      {{"--cors-origin", "https://crm.example.org/path", "--tokens-file", tokens.file}, "--cors-origin"},
      {{"--cors-origin", "https://crm.example.org?x", "--tokens-file", tokens.file}, "--cors-origin"},
      {{"--cors-origin", "https://crm.example.org#x", "--tokens-file", tokens.file}, "--cors-origin"},
      {{"--cors-origin", "https://crm.example.org:443", "--tokens-file", tokens.file},
       "leave out the scheme's default port"},
      {{"--cors-origin", "https://crm.example.org:8443", "--tokens-file", tokens.file}, nullptr},
      {{"--trusted-proxy", "proxy.example.org"}, "--trusted-proxy"},
      {{"--tokens-file", folder.file("missing")}, "--tokens-file"},
      {{"--webhook-secret", "@" + folder.file("missing")}, "missing"},
      {{"--webhook-secret", "@" + empty}, "--webhook-secret @"},
      {{"--webhook-token", "@" + empty}, "--webhook-token @"},
      {{"--webhook-token="}, "--webhook-token"},
      {{"--webhook-token", " "}, "--webhook-token"},
      {{"--webhook-token", "nineteen-characters"}, "callarchive secret new --token"},
      {{"--webhook-token", "twenty-characters-ok"}, nullptr},
      {{"--webhook-secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "callarchive secret new"},  // 23 bytes
      {{"--webhook-secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, nullptr},                   // 24
      {{"--webhook-secret", "@" + marked}, "byte-order mark"},
      {{"--tokens-file", marked}, "byte-order mark"},
      {{"--max-failures", "nan"}, "--max-failures"},
      {{"--redelivery-window", "nan"}, "--redelivery-window"},
      {{"--redelivery-grace", "-1"}, "--redelivery-grace"},
      {{"--tls-cert", tokens.file}, "--tls-key"},
      {{"--tls-cert", tokens.file, "--tls-key", tokens.file}, "--tls-cert"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--max-body", "2000000", "--max-held-bytes", "1999999"}, "--max-body"},
      {{"--db", folder.file("missing/archive.db")}, "--db"},
      {{}, nullptr},
  };
  for (const auto& [options, missing] : cases) {
    std::vector<std::string> arguments = {"serve", "--check-config"};
    if (options.empty() || options[0] != "--db") arguments.insert(arguments.end(), {"--db", archive});
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.exit_code, missing ? 2 : 0) << testing::PrintToString(options) << ended.err;
    if (missing) EXPECT_THAT(ended.err, HasSubstr(missing)) << testing::PrintToString(options);
  }
  EXPECT_FALSE(std::filesystem::exists(archive)) << "a check made something";
}

TEST(Protection, WithATokensFileNobodyDeliversWithoutACredential) {
  const TemporaryFolder folder;
  const Tokens tokens(folder.file("tokens"));
  const Service service(folder.file("archive.db"), {"--tokens-file", tokens.file});
  EXPECT_EQ(service.post(kBody).status, 401);
  EXPECT_EQ(service.post(kBody, bearer(tokens.ingest.secret)).status, 200);
}

TEST(Protection, APageElsewhereCannotAskOnLoopback) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--allowed-host", "archive.internal"});
  const auto ask = [&](const std::string& headers) {
    return http::testing::exchange(service.port(), "GET /v1/calls HTTP/1.1\r\n" + headers + "\r\n").status;
  };
  EXPECT_EQ(ask("Host: localhost\r\n"), 200);
  EXPECT_EQ(ask("Host: archive.internal\r\n"), 200);
  EXPECT_EQ(ask("Host: evil.example\r\n"), 403);
  EXPECT_EQ(ask("Host: localhost\r\nOrigin: https://evil.example\r\n"), 403);
}

TEST(Protection, WrongCredentialsAreLimitedAndRightOnesAreNot) {
  const TemporaryFolder folder;
  const Tokens tokens(folder.file("tokens"));
  const Service service(folder.file("archive.db"),
                        {"--tokens-file", tokens.file, "--webhook-token", kToken, "--max-failures", "3"});
  std::vector<int> deliveries, queries;
  for (int i = 0; i < 6; ++i) {
    // No secret could verify the signature, so it is a guess at the token like any other.
    deliveries.push_back(service.post(kBody, bearer("wrong") + "webhook-signature: v1,AAAA\r\n").status);
    queries.push_back(status(service, "/v1/calls", bearer("wrong")));
  }
  EXPECT_EQ(deliveries.front(), 401);
  EXPECT_EQ(deliveries.back(), 429);
  EXPECT_EQ(queries.front(), 401);
  EXPECT_EQ(queries.back(), 429);
  EXPECT_EQ(service.post(kBody, bearer(kToken)).status, 200);
  EXPECT_EQ(status(service, "/v1/calls", bearer(tokens.read.secret)), 200);
}

TEST(Protection, ANewSecretIsOneThatIsAccepted) {
  const TemporaryFolder folder;
  const std::string secret = run({"secret", "new"}).out, token = run({"secret", "new", "--token"}).out;
  EXPECT_THAT(secret, testing::MatchesRegex("whsec_[A-Za-z0-9+/]+=*\n"));
  EXPECT_THAT(token, testing::MatchesRegex("[A-Za-z0-9_-]{43}\n"));
  EXPECT_NE(secret, run({"secret", "new"}).out);
  std::ofstream(folder.file("secret")) << secret;
  std::ofstream(folder.file("token")) << token;
  EXPECT_EQ(run({"serve", "--check-config", "--db", folder.file("archive.db"), "--webhook-secret",
                 "@" + folder.file("secret"), "--webhook-token", "@" + folder.file("token")})
                .exit_code,
            0);
}

TEST(Protection, AHangupReadsTokensAgainAndKeepsTheOldOnesIfTheyAreBad) {
  const TemporaryFolder folder;
  const Tokens tokens(folder.file("tokens"));
  const std::string secrets = folder.file("secrets");
  std::ofstream(secrets) << kToken << '\n';
  const Service service(folder.file("archive.db"), {"--tokens-file", tokens.file, "--webhook-token", "@" + secrets});
  const NewToken fresh = make_token("fresh", "read", "2026-01-01T00:00:00Z");
  EXPECT_EQ(status(service, "/v1/calls", bearer(fresh.secret)), 401);
  std::ofstream(tokens.file) << fresh.line << '\n';
  service.signal(SIGHUP);
  service.wait_for_log("credentials reloaded");
  EXPECT_EQ(status(service, "/v1/calls", bearer(fresh.secret)), 200);
  EXPECT_EQ(status(service, "/v1/calls", bearer(tokens.read.secret)), 401);
}

TEST(Protection, AHangupNeverOpensTheDoor) {
  const TemporaryFolder folder;
  const std::string secrets = folder.file("secrets");
  std::ofstream(secrets) << kToken << '\n';
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0", "--trusted-proxy",
                   "192.0.2.1", "--webhook-token", "@" + secrets, "--tokens-file", Tokens(folder.file("t")).file});
  program.wait_for_out("\n");
  std::ofstream{secrets};
  std::ofstream{folder.file("t")} << "no tokens file\n";
  program.signal(SIGHUP);
  EXPECT_THAT(program.wait_for_err("keeping the old credentials"), Not(HasSubstr("no tokens file")));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
}

// Other options than credentials need a restart; which, the log says.
TEST(Reload, TellsOfOptionsThatNeedARestart) {
  const TemporaryFolder folder;
  const std::string config = folder.file("callarchive.toml");
  const auto write = [&](const std::string& lines) {
    std::ofstream(config) << "[serve]\ndb = \"" << folder.file("archive.db") << "\"\nlisten = \"127.0.0.1:0\"\n"
                          << lines;
  };
  write("max-body = 2000000\n");
  Program program({"serve", "--config", config});
  const int port = program.port();
  program.signal(SIGHUP);
  program.wait_for_err("credentials reloaded");
  write("max-body = 3000000\nquery-timeout = 2000\n");
  program.signal(SIGHUP);
  program.wait_for_err("these options have changed and need a restart: max-body, query-timeout");
  write("max-bodyy = 3\n");
  program.signal(SIGHUP);
  EXPECT_THAT(program.wait_for_err("reload failed"), HasSubstr("max-bodyy"));
  EXPECT_THAT(http::testing::exchange(port, http::testing::get("/metrics")).body,
              HasSubstr("callarchive_failed_reloads_total 1\n"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST(Addresses, WebhooksHaveTheirOwnIfToldSo) {
  const TemporaryFolder folder;
  Program program(
      {"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0", "--ingest-listen", "127.0.0.1:0"});
  const std::string out = program.wait_for_out("\n");
  const auto port_behind = [&](const std::string& text) {
    return std::stoi(out.substr(out.find(':', out.find(text) + text.size()) + 1));
  };
  const int asked = port_behind("listening on http://");
  const int fed = port_behind("webhooks on http://");
  const auto statuses = [&](int port) {
    return std::vector{http::testing::exchange(port, http::testing::post("/webhooks/allo", kBody)).status,
                       http::testing::exchange(port, http::testing::get("/v1/calls")).status,
                       http::testing::exchange(port, http::testing::get("/livez")).status};
  };
  EXPECT_EQ(statuses(fed), (std::vector{200, 404, 200}));
  EXPECT_EQ(statuses(asked), (std::vector{404, 200, 200}));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST(Cors, OnlyPagesThatAreNamedMayRead) {
  const TemporaryFolder folder;
  const Tokens tokens(folder.file("tokens"));
  const Service service(folder.file("archive.db"),
                        {"--tokens-file", tokens.file, "--cors-origin", "HTTPS://CRM.example.org"});
  const auto allowed = [&](const std::string& request) {
    auto answer = http::testing::exchange(service.port(), request);
    return answer.headers["access-control-allow-origin"];
  };
  const auto get = [](const std::string& headers) { return http::testing::get("/v1/calls", headers); };
  const std::string ours = "Origin: https://crm.example.org\r\n";
  const std::string token = bearer(tokens.read.secret);
  EXPECT_EQ(allowed(get(ours + token)), "https://crm.example.org");
  EXPECT_EQ(allowed(get(ours)), "https://crm.example.org");  // so that the page sees the 401
  EXPECT_EQ(allowed(get("Origin: https://evil.example\r\n" + token)), "");
  EXPECT_EQ(allowed(get(token)), "");
  EXPECT_EQ(allowed("OPTIONS /v1/calls HTTP/1.1\r\nHost: localhost\r\n" + ours +
                    "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n\r\n"),
            "https://crm.example.org");
  // What the server itself refuses, before anything of the program is asked.
  for (const std::string path : {"/nowhere", "/v1/calls/%zz"}) {
    EXPECT_EQ(allowed(http::testing::get(path, ours + token)), "https://crm.example.org") << path;
  }
  EXPECT_EQ(allowed("OPTIONS /webhooks/allo HTTP/1.1\r\nHost: localhost\r\n" + ours + "\r\n"), "");
  EXPECT_EQ(allowed(http::testing::post("/webhooks/allo", "{}", ours)), "");
}

TEST(Stop, ASecondSignalEndsItAtOnce) {
  const TemporaryFolder folder;
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0"});
  program.wait_for_out("\n");
  program.signal(SIGTERM);
  program.wait_for_err("stopping");
  program.signal(SIGTERM);
  const int code = program.wait().exit_code;
  EXPECT_TRUE(code == 128 + SIGTERM || code == 0) << code;  // 0: it was faster than the second signal
}

}  // namespace
}  // namespace callarchive::process
