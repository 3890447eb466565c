#include "tests/process/feeder.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <set>
#include <thread>

// Writers and readers at once, a bounded number of requests. Of most use in a build with the thread sanitizer.

namespace callarchive::process {
namespace {

using test::Sent;
using test::TemporaryFolder;

constexpr std::size_t kDeliveries = 1500;
constexpr std::size_t kWriters = 12;
constexpr std::size_t kReaders = 6;
constexpr int kQuestions = 60;  // of each reader, at least

// Whether the list is in order and holds nothing twice.
void expect_ordered(const nlohmann::json& answer, const std::string& question) {
  std::set<std::string> ids;
  std::string last = "9999";
  for (const auto& call : answer["data"]) {
    EXPECT_TRUE(ids.insert(call["id"].get<std::string>()).second) << question << ": twice " << call["id"];
    if (call["started_at"].is_null()) continue;
    EXPECT_LE(call["started_at"].get<std::string>(), last) << question;
    last = call["started_at"].get<std::string>();
  }
}

TEST(MixedLoad, ReadersSeeWholeAnswersWhileWritersWrite) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  auto log = test::make_delivery_log(7);
  log.resize(kDeliveries);
  Service service(archive, {"--log-level", "warn"});
  std::atomic<bool> writing = true;
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < kReaders; ++i) {
    readers.emplace_back([&, i] {
      const std::vector<std::string> questions = {"/v1/calls?limit=100&include=transcript", "/v1/calls?number=anonymous",
                                                  "/v1/calls?direction=OUTBOUND&count=exact", "/readyz", "/livez",
                                                  "/v1/contacts?limit=20", "/v1/numbers/+33639981010/timeline",
                                                  "/v1/deliveries?limit=100", "/v1/messages?type=SMS"};
      for (int n = 0; n < kQuestions || writing; ++n) {
        const auto& question = questions[(static_cast<std::size_t>(n) + i) % questions.size()];
        const Answer answer = service.get(question);
        // A number that nobody has named yet.
        const bool unknown = answer.status == 404 && question.starts_with("/v1/numbers/");
        if (!unknown) EXPECT_EQ(answer.status, 200) << question << ": " << answer.body;
        if (answer.status == 200 && question.starts_with("/v1/calls")) {
          expect_ordered(nlohmann::json::parse(answer.body), question);
        }
      }
    });
  }
  const auto outcomes = feed(service.port(), shuffle(log, kWriters, 1));
  writing = false;
  for (auto& reader : readers) reader.join();
  EXPECT_FALSE(outcomes.contains("503 overloaded"));
  service.stop();
  EXPECT_EQ(run({"rebuild", "--check", "--db", archive}).exit_code, 0);
}

}  // namespace
}  // namespace callarchive::process
