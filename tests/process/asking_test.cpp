#include "storage/sqlite/connection.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

constexpr const char* kCall =
    R"({"topic":"CALL_RECEIVED","data":{"id":"cll_1","start_date":"2026-03-02T09:00:00Z","type":"INBOUND",)"
    R"("from_number":"+14155550100","to":"+14155550199","length_in_minutes":1.0,"length":"1m 0s"}})";

TEST(Asking, AnUnknownParameterIsRefusedByName) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  for (const char* route : {"/v1/calls", "/v1/messages", "/v1/contacts", "/v1/numbers", "/v1/deliveries"}) {
    const Answer answer = service.get(std::string(route) + "?from_numbr=1");
    EXPECT_EQ(answer.status, 400) << route;
    EXPECT_THAT(answer.body, HasSubstr("from_numbr")) << route;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json") << route;
  }
}

TEST(Asking, EverySpellingOfANumberFindsItsCalls) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--default-region", "US"});
  ASSERT_EQ(outcome(service.post(kCall)), "200 stored");
  for (const char* spelling : {"+14155550100", "%2B14155550100", "(415)%20555-0100", "(415)+555-0100", "0014155550100",
                               "415.555.0100", "tel:+1-415-555-0100", "%EF%BC%8B14155550100"}) {
    EXPECT_EQ(service.ask(std::string("/v1/calls?number=") + spelling)["data"].size(), 1u) << spelling;
  }
  EXPECT_EQ(service.ask("/v1/calls?number=4155550101")["data"].size(), 0u);
}

TEST(Asking, AnArchiveKeepsTheRegionItBeganWith) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  Service(archive, {"--default-region", "US"}).post(kCall);
  const Ended refused = run({"serve", "--db", archive, "--listen", "127.0.0.1:0", "--default-region", "FR"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("callarchive rebuild --default-region FR"));
  const Service again(archive);
  EXPECT_EQ(again.ask("/v1/calls?number=4155550100")["data"].size(), 1u);
}

TEST(ReadOnly, NoRouteWritesButTheWebhook) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Service service(archive);
  ASSERT_EQ(outcome(service.post(kCall)), "200 stored");
  const std::string before = dump(archive);
  const auto paths = service.ask("/openapi.json")["paths"];
  ASSERT_GE(paths.size(), 20u);
  for (const auto& [path, operations] : paths.items()) {
    if (path.starts_with("/webhooks/")) continue;
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
      const Answer answer = service.send(method, path);
      EXPECT_EQ(answer.status, 405) << method << ' ' << path;
      EXPECT_THAT(answer.headers.at("allow"), HasSubstr("GET")) << method << ' ' << path;
    }
  }
  EXPECT_EQ(dump(archive), before);
}

TEST(ReadOnly, AConnectionForQueriesCannotWrite) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Service service(archive);
  ASSERT_EQ(outcome(service.post(kCall)), "200 stored");
  storage::Connection connection(archive, storage::Connection::Mode::read_only);
  for (const char* sql : {"UPDATE calls SET from_name = 'x'", "DELETE FROM deliveries", "CREATE TABLE t (x)",
                          "PRAGMA user_version = 0", "VACUUM", "DROP TABLE calls"}) {
    EXPECT_ANY_THROW(connection.execute(sql)) << sql;
    EXPECT_ANY_THROW(connection.execute(std::string("PRAGMA query_only = 0; ") + sql)) << sql;
  }
  EXPECT_EQ(connection.integer("SELECT count(*) FROM deliveries"), 1);
}

TEST(OneWriter, ASecondProcessIsToldWhoHoldsTheFile) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Service service(archive);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve", "--db", archive, "--listen", "127.0.0.1:0"},
        std::vector<std::string>{"import", "--db", archive, "-"}, std::vector<std::string>{"rebuild", "--db", archive},
        std::vector<std::string>{"migrate", "--db", archive}}) {
    const Ended refused = run(command);
    EXPECT_EQ(refused.exit_code, 1) << command[0];
    EXPECT_THAT(refused.err, HasSubstr("is being written by")) << command[0];
  }
  EXPECT_EQ(outcome(service.post(kCall)), "200 stored");
}

}  // namespace
}  // namespace callarchive::process
