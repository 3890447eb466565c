#include "server/access/access.h"
#include "storage/sqlite/digest.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace callarchive {
namespace {

using http::Access;
using http::HttpError;
using http::Request;
using std::string;

// A tokens file that goes with the test, and the secrets of its tokens by scope.
class TokensFile {
 public:
  TokensFile() : path_(std::filesystem::temp_directory_path() / ("tokens-" + make_token("t", "read", "now").secret)) {
    std::ofstream file(path_);
    file << "# who  scope  hash  created\n\n";
    for (const string scope : {"read", "admin", "ingest"}) {
      const NewToken token = make_token(scope + "-er", scope, "2026-11-23T12:00:00Z");
      file << token.line << "\n";
      secrets[scope] = token.secret;
    }
  }
  ~TokensFile() { std::filesystem::remove(path_); }
  string path() const { return path_.string(); }
  void replace(const string& text) const { std::ofstream(path_) << text; }

  std::map<string, string> secrets;

 private:
  std::filesystem::path path_;
};

// 0 when the gate lets the request in.
int status(AccessControl& access, Access wanted, std::vector<std::pair<string, string>> headers,
           HttpError* why = nullptr) {
  Request request;
  request.headers = std::move(headers);
  request.client_address = "192.0.2.1";
  try {
    access.check(request, {"GET", "/", wanted, nullptr});
    return 0;
  } catch (const HttpError& error) {
    if (why) *why = error;
    return error.status();
  }
}

std::pair<string, string> bearer(const string& secret) { return {"authorization", "Bearer " + secret}; }

TEST(AccessTokens, AreRandomAndKeptAsHashOnly) {
  const NewToken one = make_token("grafana", "read", "2026-11-23T12:00:00Z");
  const NewToken two = make_token("grafana", "read", "2026-11-23T12:00:00Z");
  EXPECT_NE(one.secret, two.secret);
  EXPECT_EQ(one.secret.size(), 46u);
  EXPECT_EQ(one.secret.substr(0, 3), "ca_");
  EXPECT_EQ(one.line.find(one.secret.substr(3)), string::npos);
  const Token expected{"grafana", "read", storage::sha256_hex(one.secret), "2026-11-23T12:00:00Z"};
  EXPECT_EQ(parse_tokens(one.line), std::vector{expected});
  EXPECT_EQ(find_token({expected}, one.secret), expected);
  EXPECT_FALSE(find_token({expected}, two.secret));
  EXPECT_FALSE(find_token({expected}, ""));
}

TEST(AccessTokens, HashIsSha256) {
  EXPECT_EQ(storage::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(AccessTokens, RefuseNamesAndScopesThatAreNone) {
  for (const string name : {"", "a b", "a\n", "é"})
    EXPECT_THROW(make_token(name, "read", ""), std::invalid_argument) << name;
  for (const string scope : {"", "root", "Read"})
    EXPECT_THROW(make_token("a", scope, ""), std::invalid_argument) << scope;
}

TEST(AccessTokens, SayWhichLineIsBadWithoutItsText) {
  const string hash(64, 'a');
  for (const string& bad : {string("n"), string("n read"), string("n read secret"), "n root " + hash,
                            "n read " + hash + " now more", "n read " + string(64, 'A') + " now", "n! read " + hash}) {
    try {
      parse_tokens("# fine\n" + bad + "\n");
      ADD_FAILURE() << bad;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(string(error.what()).find("line 2: "), 0u) << bad;
      EXPECT_EQ(string(error.what()).find("secret"), string::npos) << error.what();
    }
  }
}

TEST(Access, MatrixOfCredentialsAndRoutes) {
  const TokensFile file;
  AccessControl access({.tokens_file = file.path(), .failures = {.burst = 1000}});
  struct Row {
    std::vector<std::pair<string, string>> headers;
    int read;
    int admin;
  };
  const Row rows[] = {
      {{}, 401, 401},
      {{bearer(file.secrets.at("read"))}, 0, 403},
      {{bearer(file.secrets.at("admin"))}, 0, 0},
      {{bearer(file.secrets.at("ingest"))}, 403, 403},
      {{bearer("ca_wrong")}, 401, 401},
      {{bearer("")}, 401, 401},
      {{{"authorization", "bEARER   " + file.secrets.at("read")}}, 0, 403},
      {{{"authorization", "Basic " + file.secrets.at("read")}}, 401, 401},
      {{{"authorization", file.secrets.at("read")}}, 401, 401},
      {{{"x-token", file.secrets.at("read")}}, 401, 401},
  };
  for (const Row& row : rows) {
    const string label = row.headers.empty() ? "no credential" : row.headers[0].first + ": " + row.headers[0].second;
    EXPECT_EQ(status(access, Access::open, row.headers), 0) << label;
    EXPECT_EQ(status(access, Access::webhook, row.headers), 0) << label;
    EXPECT_EQ(status(access, Access::read, row.headers), row.read) << label;
    EXPECT_EQ(status(access, Access::admin, row.headers), row.admin) << label;
  }
}

TEST(Access, ARefusalSaysHowToBeLetIn) {
  const TokensFile file;
  AccessControl access({.tokens_file = file.path()});
  HttpError why(0, "", "");
  status(access, Access::read, {}, &why);
  EXPECT_EQ(why.headers.at(0).first, "WWW-Authenticate");
  EXPECT_EQ(why.headers.at(0).second, "Bearer realm=\"callarchive\"");
  status(access, Access::admin, {bearer(file.secrets.at("read"))}, &why);
  EXPECT_EQ(why.code(), "insufficient_scope");
  EXPECT_NE(why.headers.at(0).second.find("scope=\"admin\""), string::npos);
}

TEST(Access, BeyondLoopbackNobodyIsLetInWithoutTokens) {
  AccessControl access({.on_loopback = false});
  EXPECT_EQ(status(access, Access::read, {{"host", "localhost"}}), 401);
  EXPECT_EQ(status(access, Access::admin, {bearer("ca_x"), {"host", "localhost"}}), 401);
  EXPECT_EQ(status(access, Access::open, {}), 0);
}

TEST(Access, OnLoopbackNoPageOfAnotherSiteIsLetIn) {
  AccessControl access({.allowed_hosts = {"Archive.Example"}});
  const std::pair<std::vector<std::pair<string, string>>, int> rows[] = {
      {{{"host", "localhost:8080"}}, 0},
      {{{"host", "LOCALHOST"}}, 0},
      {{{"host", "127.0.0.1:1"}}, 0},
      {{{"host", "[::1]:8080"}}, 0},
      {{{"host", "archive.example:8080"}}, 0},
      {{{"host", "localhost:8080"}, {"origin", "http://localhost:8080"}}, 0},
      {{}, 403},
      {{{"host", "evil.example"}}, 403},
      {{{"host", "localhost.evil.example"}}, 403},
      {{{"host", "localhost:80.evil.example"}}, 403},
      {{{"host", "[::1].evil.example"}}, 403},
      {{{"host", "127.0.0.1.evil.example"}}, 403},
      {{{"host", "localhost:8080"}, {"origin", "http://evil.example"}}, 403},
      {{{"host", "localhost:8080"}, {"origin", "http://localhost:9090"}}, 403},
      {{{"host", "localhost:8080"}, {"origin", "null"}}, 403},
      {{{"host", "localhost:8080"}, {"sec-fetch-site", "none"}, {"sec-fetch-mode", "navigate"}}, 0},
      {{{"host", "localhost:8080"}, {"sec-fetch-site", "same-origin"}, {"sec-fetch-mode", "cors"}}, 0},
      {{{"host", "localhost:8080"}, {"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "no-cors"}}, 403},
      {{{"host", "localhost:8080"}, {"sec-fetch-site", "same-site"}, {"sec-fetch-mode", "no-cors"}}, 403},
      {{{"host", "localhost:8080"},
        {"sec-fetch-site", "cross-site"},
        {"sec-fetch-mode", "navigate"},
        {"sec-fetch-dest", "document"}},
       403},
  };
  for (const auto& [headers, expected] : rows) {
    string label;
    for (const auto& [name, value] : headers) label += name + "=" + value + " ";
    for (const Access wanted : {Access::open, Access::read, Access::admin}) {
      EXPECT_EQ(status(access, wanted, headers), expected) << label << static_cast<int>(wanted);
    }
  }
}

TEST(Access, ALinkOnAnotherSiteMayOpenThePageAndNothingElse) {
  AccessControl access({});
  struct Row {
    string method, path, mode, dest;
    bool passes;
  };
  for (const Row& row :
       {Row{"GET", "/", "navigate", "document", true}, Row{"HEAD", "/", "navigate", "document", true},
        Row{"POST", "/", "navigate", "document", false}, Row{"GET", "/", "navigate", "iframe", false},
        Row{"GET", "/", "no-cors", "image", false}, Row{"GET", "/v1/calls", "navigate", "document", false},
        Row{"GET", "/assets/a.js", "no-cors", "script", false}}) {
    Request request;
    request.method = row.method;
    request.path = row.path;
    request.headers = {{"host", "localhost"},
                       {"sec-fetch-site", "cross-site"},
                       {"sec-fetch-mode", row.mode},
                       {"sec-fetch-dest", row.dest}};
    const auto passes = [&] {
      try {
        access.check(request, {row.method, row.path, Access::open, nullptr});
        return true;
      } catch (const HttpError& error) {
        EXPECT_EQ(error.code(), "foreign_origin");
        return false;
      }
    };
    EXPECT_EQ(passes(), row.passes) << row.method << ' ' << row.path << ' ' << row.mode << ' ' << row.dest;
  }
}

TEST(Access, LeavesWebhooksToWebhookAccess) {
  AccessControl access({});
  EXPECT_EQ(status(access, Access::webhook, {{"host", "tunnel.example"}}), 0);
  EXPECT_EQ(status(access, Access::read, {{"host", "tunnel.example"}}), 403);
}

TEST(Access, WrongTokensAreSlowedDownAndRightOnesAreNot) {
  const TokensFile file;
  auto now = http::FailureLimit::Clock::time_point();
  AccessControl access({.tokens_file = file.path(), .failures = {.burst = 3, .per_minute = 6}}, [&] { return now; });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(access, Access::read, {bearer("ca_wrong")}), 401) << i;
  HttpError why(0, "", "");
  EXPECT_EQ(status(access, Access::read, {bearer("ca_wrong")}, &why), 429);
  EXPECT_EQ(why.headers.at(0), (std::pair<string, string>{"Retry-After", "10"}));
  EXPECT_EQ(status(access, Access::read, {bearer(file.secrets.at("read"))}), 0);
  now += std::chrono::seconds(10);
  EXPECT_EQ(status(access, Access::read, {bearer("ca_wrong")}), 401);
}

TEST(Access, FailuresAreRememberedOfABoundedNumberOfClients) {
  auto now = http::FailureLimit::Clock::time_point();
  http::FailureLimit limit({.burst = 1, .per_minute = 1, .clients = 100},
                           [&] { return now += std::chrono::milliseconds(1); });
  for (int i = 0; i < 10000; ++i) limit.fail("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  EXPECT_EQ(limit.clients(), 100u);
  EXPECT_GT(limit.fail("10.0.39.249"), 0) << "the newest is still known";
  limit.fail("2001:db8::1");
  EXPECT_GT(limit.fail("2001:db8::ffff:1"), 0) << "one /64 is one client";
  EXPECT_EQ(limit.fail("2001:db8:0:1::1"), 0);
}

TEST(Access, TokensAreReadAgain) {
  const TokensFile file;
  AccessControl access({.tokens_file = file.path()});
  const NewToken fresh = make_token("fresh", "read", "now");
  file.replace(fresh.line + "\n");
  EXPECT_EQ(status(access, Access::read, {bearer(fresh.secret)}), 401);
  access.reload();
  EXPECT_EQ(status(access, Access::read, {bearer(fresh.secret)}), 0);
  EXPECT_EQ(status(access, Access::read, {bearer(file.secrets.at("read"))}), 401);
  file.replace("nonsense\n");
  EXPECT_THROW(access.reload(), std::runtime_error);
  EXPECT_EQ(status(access, Access::read, {bearer(fresh.secret)}), 0) << "the old ones stay";
  EXPECT_THROW(AccessControl({.tokens_file = file.path() + ".missing"}), std::runtime_error);
  file.replace("");
  access.reload();
  EXPECT_EQ(status(access, Access::read, {{"host", "localhost"}}), 401) << "an empty file opens nothing";
}

TEST(Access, TellsScopes) {
  const TokensFile file;
  const AccessControl access({.tokens_file = file.path()});
  const auto scopes = [&](const string& secret) {
    Request request;
    request.headers = {bearer(secret)};
    return access.scopes_of(request);
  };
  using Scopes = std::vector<string>;
  EXPECT_EQ(scopes(file.secrets.at("read")), Scopes{"read"});
  EXPECT_EQ(scopes(file.secrets.at("admin")), (Scopes{"read", "admin"}));
  EXPECT_EQ(scopes(file.secrets.at("ingest")), Scopes{"ingest"});
  EXPECT_EQ(scopes("wrong"), Scopes{});
  EXPECT_EQ(AccessControl({}).scopes_of({}), (Scopes{"read", "admin"}));
  EXPECT_EQ(AccessControl({.on_loopback = false}).scopes_of({}), Scopes{});
}

TEST(Access, IngestTokensDeliver) {
  const TokensFile file;
  const AccessControl access({.tokens_file = file.path()});
  for (const string scope : {"read", "admin", "ingest"}) {
    Request request;
    request.headers = {bearer(file.secrets.at(scope))};
    EXPECT_EQ(access.has_ingest_token(request), scope == "ingest") << scope;
  }
}

}  // namespace
}  // namespace callarchive
