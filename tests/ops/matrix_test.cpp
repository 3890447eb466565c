#include "server/access/signature.h"
#include "server/clock.h"
#include "storage/sqlite/digest.h"
#include "tests/ops/tokens.h"
#include "tests/process/service.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

// Every route of the running program with every credential. The routes are those that the program itself tells of in
// its metrics, so that a new one has to be entered here before the test passes.

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kToken = "a-token-of-forty-characters-or-so-000001";
constexpr const char* kBody = R"({"topic":"PING"})";

enum class For { anybody, readers, owner, senders, senders_by_path };

const std::map<std::string, For> kRoutes = {
    {"/", For::anybody},
    {"/assets/{name}", For::anybody},
    {"/livez", For::anybody},
    {"/readyz", For::anybody},
    {"/openapi.json", For::anybody},
    {"/metrics", For::readers},
    {"/v1/me", For::readers},
    {"/v1/calls", For::readers},
    {"/v1/calls/{id}", For::readers},
    {"/v1/calls/{id}/transcript", For::readers},
    {"/v1/calls/{id}/chain", For::readers},
    {"/v1/calls/{id}/recording", For::readers},
    {"/v1/calls/{id}/recording/peaks", For::readers},
    {"/v1/messages", For::readers},
    {"/v1/messages/{id}", For::readers},
    {"/v1/contacts", For::readers},
    {"/v1/contacts/{id}", For::readers},
    {"/v1/contacts/{id}/timeline", For::readers},
    {"/v1/contacts/{id}/versions", For::readers},
    {"/v1/numbers", For::readers},
    {"/v1/numbers/{number}", For::readers},
    {"/v1/numbers/{number}/calls", For::readers},
    {"/v1/numbers/{number}/messages", For::readers},
    {"/v1/numbers/{number}/timeline", For::readers},
    {"/v1/changes", For::readers},
    {"/v1/search", For::readers},
    {"/v1/stats", For::readers},
    {"/v1/export/calls", For::readers},
    {"/v1/export/messages", For::readers},
    {"/v1/export/contacts", For::readers},
    {"/v1/export/transcripts", For::readers},
    {"/v1/deliveries", For::owner},
    {"/v1/deliveries/{delivery}", For::owner},
    {"/v1/api/numbers", For::readers},
    {"/v1/api/calls", For::readers},
    {"/v1/api/contacts", For::readers},
    {"/v1/api/contact/{id}", For::readers},
    {"/v1/api/contact/{id}/conversation", For::readers},
    {"/v2/api/me", For::readers},
    {"/v2/api/conversations", For::readers},
    {"/v2/api/conversations/items/{id}", For::readers},
    {"/v2/api/conversations/items/{id}/recording", For::readers},
    {"/v2/api/crm/people/{id}", For::readers},
    {"/v2/api/crm/companies/{id}", For::readers},
    {"/v2/api/numbers", For::readers},
    {"/v2/api/tags", For::readers},
    {"/v2/api/users", For::readers},
    {"/v2/api/users/{id}", For::readers},
    {"/allo/v1/api/numbers", For::readers},
    {"/allo/v1/api/calls", For::readers},
    {"/allo/v1/api/contacts", For::readers},
    {"/allo/v1/api/contact/{id}", For::readers},
    {"/allo/v1/api/contact/{id}/conversation", For::readers},
    {"/allo/v2/api/me", For::readers},
    {"/allo/v2/api/conversations", For::readers},
    {"/allo/v2/api/conversations/items/{id}", For::readers},
    {"/allo/v2/api/conversations/items/{id}/recording", For::readers},
    {"/allo/v2/api/crm/people/{id}", For::readers},
    {"/allo/v2/api/crm/companies/{id}", For::readers},
    {"/allo/v2/api/numbers", For::readers},
    {"/allo/v2/api/tags", For::readers},
    {"/allo/v2/api/users", For::readers},
    {"/allo/v2/api/users/{id}", For::readers},
    {"/webhooks/allo", For::senders},
    {"/webhooks/allo/{token}", For::senders_by_path},
};

// Routes that take POST alone, that refuse everything, and that of signed links; who may call them is tried in
// tests/mcp and tests/vendor_shape.
bool is_tried_elsewhere(const std::string& pattern) {
  return pattern == "/mcp" || pattern == "/recordings/{id}" || pattern.ends_with("{...}") ||
         pattern.ends_with("/batch") || pattern.ends_with("/api/conversations/items/search") ||
         pattern.ends_with("/api/crm/people/search") || pattern.ends_with("/api/crm/companies/search");
}

std::set<std::string> routes_of(const Service& service, const std::string& headers) {
  const Answer answer = http::testing::exchange(service.port(), http::testing::get("/metrics", headers));
  EXPECT_EQ(answer.status, 200);
  const std::string begin = "callarchive_http_request_duration_seconds_count{route=\"";
  std::set<std::string> routes;
  for (std::size_t at = 0; (at = answer.body.find(begin, at)) != std::string::npos;) {
    at += begin.size();
    routes.insert(answer.body.substr(at, answer.body.find('"', at) - at));
  }
  routes.erase("-");  // requests that met no route
  std::erase_if(routes, is_tried_elsewhere);
  return routes;
}

// The pattern with something in the place of each parameter that is not there.
std::string target_of(std::string pattern, const std::string& parameter) {
  for (std::size_t begin = 0; (begin = pattern.find('{')) != std::string::npos;) {
    pattern.replace(begin, pattern.find('}') - begin + 1, parameter);
  }
  return pattern;
}

bool is_for_senders(For whom) { return whom == For::senders || whom == For::senders_by_path; }

int status(const Service& service, const std::string& target, For whom, const std::string& headers) {
  const auto request =
      is_for_senders(whom) ? http::testing::post(target, kBody, headers) : http::testing::get(target, headers);
  int status = 0;
  // The vendor's routes have the vendor's limit of requests in a second.
  test::eventually([&] {
    status = http::testing::exchange(service.port(), request).status;
    return status != 429;
  });
  return status;
}

std::string signed_headers(const std::string& secret) {
  const std::string timestamp = std::to_string(now() / 1000);
  return "webhook-id: msg_1\r\nwebhook-timestamp: " + timestamp +
         "\r\nwebhook-signature: " + sign("msg_1", timestamp, kBody, parse_signing_secret(secret)) + "\r\n";
}

enum class Meets { in, unknown, forbidden };  // let in, 401, 403

void expect_met(int status, Meets expected, const std::string& label) {
  const Meets met = status == 401 ? Meets::unknown : status == 403 ? Meets::forbidden : Meets::in;
  EXPECT_EQ(met, expected) << label << ": " << status;
  EXPECT_TRUE(status == 200 || status == 401 || status == 403 || status == 404 || status == 400)
      << label << ": " << status;
}

struct Credential {
  std::string name;
  std::string headers;
  Meets readers, owner, senders;
};

TEST(Matrix, KnowsEveryRoute) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  std::set<std::string> known;
  for (const auto& [pattern, whom] : kRoutes) known.insert(pattern);
  EXPECT_EQ(routes_of(service, ""), known);
}

TEST(Matrix, EveryCredentialOpensItsRoutesAlone) {
  const TemporaryFolder folder;
  const Tokens tokens(folder.file("tokens"));
  const Service service(folder.file("archive.db"), {"--tokens-file", tokens.file, "--webhook-token", kToken,
                                                    "--webhook-secret", kSecret, "--max-failures", "100000"});
  using enum Meets;
  const Credential credentials[] = {
      {"none", "", unknown, unknown, unknown},
      {"wrong", bearer("ca_wrong"), unknown, unknown, unknown},
      {"basic", "Authorization: Basic " + tokens.admin.secret + "\r\n", unknown, unknown, unknown},
      {"the hash of a token", bearer(storage::sha256_hex(tokens.admin.secret)), unknown, unknown, unknown},
      {"scope read", bearer(tokens.read.secret), in, forbidden, unknown},
      {"scope admin", bearer(tokens.admin.secret), in, in, unknown},
      {"scope ingest", bearer(tokens.ingest.secret), forbidden, forbidden, in},
      {"webhook token", bearer(kToken), unknown, unknown, in},
      {"webhook signature", signed_headers(kSecret), unknown, unknown, in},
      {"signature by another secret", signed_headers("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), unknown, unknown,
       unknown},
      {"ingest, badly signed", bearer(tokens.ingest.secret) + "webhook-signature: v1,AAAA\r\n", forbidden, forbidden,
       unknown},
  };
  for (const auto& pattern : routes_of(service, bearer(tokens.read.secret))) {
    ASSERT_TRUE(kRoutes.contains(pattern)) << "who may call " << pattern << "?";
    const For whom = kRoutes.at(pattern);
    for (const auto& credential : credentials) {
      Meets expected = in;
      if (whom == For::readers) expected = credential.readers;
      if (whom == For::owner) expected = credential.owner;
      if (is_for_senders(whom)) expected = credential.senders;
      const bool shadowed = whom == For::senders_by_path && credential.name == "webhook token";
      if (shadowed) expected = unknown;  // the token in the path counts, and it is wrong
      expect_met(status(service, target_of(pattern, "none"), whom, credential.headers), expected,
                 pattern + " with " + credential.name);
    }
    if (whom == For::senders_by_path) expect_met(status(service, target_of(pattern, kToken), whom, ""), in, "by path");
  }
}

// On loopback without credentials: open, but not to a page of another site.
TEST(Matrix, OnLoopbackEveryRouteIsOpenToThisMachineAlone) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  for (const auto& pattern : routes_of(service, "")) {
    ASSERT_TRUE(kRoutes.contains(pattern)) << "who may call " << pattern << "?";
    const For whom = kRoutes.at(pattern);
    const std::string target = target_of(pattern, "none");
    expect_met(status(service, target, whom, ""), Meets::in, pattern);
    expect_met(status(service, target, whom, "Origin: https://evil.example\r\n"), Meets::forbidden,
               pattern + " from elsewhere");
    const std::string method = is_for_senders(whom) ? "POST " : "GET ";
    const auto foreign = http::testing::exchange(
        service.port(), method + target + " HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n");
    expect_met(foreign.status, Meets::forbidden, pattern + " by another name");
  }
}

}  // namespace
}  // namespace callarchive::process
