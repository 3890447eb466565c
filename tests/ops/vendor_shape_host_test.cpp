#include "tests/ops/tokens.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

// The vendor's API on the running program: under a name of its own, and with the credential in each form that the
// vendor's clients send.

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

class VendorShapeHost : public ::testing::Test {
 protected:
  Answer get(const std::string& host, const std::string& target, const std::string& authorization) const {
    std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
    if (!authorization.empty()) request += "Authorization: " + authorization + "\r\n";
    return http::testing::exchange(service.port(), request + "\r\n");
  }

  Answer post(const std::string& host, const std::string& target, const std::string& authorization) const {
    return http::testing::exchange(
        service.port(), "POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: " + authorization +
                            "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  }

  const TemporaryFolder folder;
  const Tokens tokens{folder.file("tokens")};
  const Service service{folder.file("archive.db"),
                        {"--tokens-file", tokens.file, "--vendor-shape-host", "api.withallo.com", "--vendor-shape-host",
                         "allo.example.com"}};
  const std::string key = tokens.read.secret;
};

TEST_F(VendorShapeHost, AnswersNothingButTheVendorsApiUnderItsNames) {
  for (const char* host : {"api.withallo.com", "API.WithAllo.com:443", "allo.example.com"}) {
    EXPECT_EQ(get(host, "/v2/api/tags", key).status, 200) << host;
    EXPECT_EQ(get(host, "/v1/api/numbers", key).status, 200) << host;
    EXPECT_EQ(get(host, "/v1/api/nothing", key).status, 404) << host;
    for (const char* path : {"/", "/v1/calls", "/v1/stats", "/metrics", "/livez", "/openapi.json"}) {
      EXPECT_EQ(get(host, path, key).status, 404) << host << path;
    }
    for (const char* path : {"/mcp", "/webhooks/allo"}) {
      EXPECT_EQ(post(host, path, key).status, 404) << host << path;
    }
  }
  EXPECT_EQ(get("localhost", "/v2/api/tags", key).status, 200);
  EXPECT_EQ(get("localhost", "/v1/calls", "Bearer " + key).status, 200);
}

TEST_F(VendorShapeHost, TakesTheCredentialInEachForm) {
  for (const std::string scheme : {"", "Bearer ", "Api-Key "}) {
    EXPECT_EQ(get("api.withallo.com", "/v2/api/me", scheme + key).status, 200) << scheme;
    EXPECT_EQ(get("localhost", "/allo/v1/api/numbers", scheme + key).status, 200) << scheme;
    EXPECT_EQ(get("api.withallo.com", "/v2/api/me", scheme + tokens.ingest.secret).status, 403) << scheme;
    EXPECT_EQ(get("api.withallo.com", "/v2/api/me", scheme + "ca_wrong").status, 401) << scheme;
  }
  EXPECT_EQ(get("api.withallo.com", "/v2/api/me", "").status, 401);
  // The archive's own API takes none but its own form.
  EXPECT_EQ(get("localhost", "/v1/calls", key).status, 401);
  EXPECT_EQ(get("localhost", "/v1/calls", "Api-Key " + key).status, 401);
}

TEST_F(VendorShapeHost, RefusesInTheVendorsWords) {
  const auto error = nlohmann::json::parse(get("api.withallo.com", "/v2/api/tags", "").body).at("error");
  EXPECT_EQ(error.at("code"), "API_KEY_INVALID");
  const auto old = nlohmann::json::parse(get("api.withallo.com", "/v1/api/numbers", "").body);
  EXPECT_EQ(old.at("code"), "API_KEY_INVALID");
}

}  // namespace
}  // namespace callarchive::process
