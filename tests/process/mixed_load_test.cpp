#include "tests/ops/tokens.h"
#include "tests/process/feeder.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

// Writers, readers, wrong credentials and hangups at once, a bounded number of each. Of most use in a build with the
// thread sanitizer (scripts/race-test).

namespace callarchive::process {
namespace {

using test::Sent;
using test::TemporaryFolder;

constexpr std::size_t kDeliveries = 800;  // of each round
constexpr std::size_t kWriters = 12;
constexpr std::size_t kReaders = 6;
constexpr int kQueries = 42;  // of each reader, at least
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kToken = "a-token-of-forty-characters-or-so-000001";

const std::vector<std::string> kReadable = {"/v1/calls?limit=100&include=transcript",
                                            "/v1/calls?number=anonymous",
                                            "/v1/calls?direction=OUTBOUND&count=exact",
                                            "/v1/calls?q=call*",
                                            "/readyz",
                                            "/livez",
                                            "/metrics",
                                            "/v1/me",
                                            "/openapi.json",
                                            "/v1/contacts?limit=20",
                                            "/v1/numbers?limit=20",
                                            "/v1/numbers/+33639981010/timeline",
                                            "/v1/deliveries?limit=100",
                                            "/v1/messages?type=SMS",
                                            "/v1/search?q=the&timeout_ms=1000",
                                            "/v1/search?q=%22of%20the%22+-no",
                                            "/v1/stats",
                                            "/v1/export/calls?format=csv",
                                            "/v1/export/messages",
                                            "/v1/export/transcripts",
                                            "/"};

// How many rounds: 1, or as LOAD_ROUNDS says.
unsigned rounds() {
  const char* text = std::getenv("LOAD_ROUNDS");
  return text == nullptr ? 1 : static_cast<unsigned>(std::atoi(text));
}

// Whether the list is in order and holds nothing twice.
void expect_ordered(const nlohmann::json& answer, const std::string& target) {
  std::set<std::string> ids;
  std::string last = "9999";
  for (const auto& call : answer["data"]) {
    EXPECT_TRUE(ids.insert(call["id"].get<std::string>()).second) << target << ": twice " << call["id"];
    if (call["started_at"].is_null()) continue;
    EXPECT_LE(call["started_at"].get<std::string>(), last) << target;
    last = call["started_at"].get<std::string>();
  }
}

void ask(const Service& service, const std::string& target, const std::string& credential) {
  const Answer answer = http::testing::exchange(service.port(), http::testing::get(target, credential));
  // A number that nobody has named yet; a query that took too long on a busy machine.
  const bool unknown = answer.status == 404 && target.starts_with("/v1/numbers/");
  const bool too_slow = answer.status == 503 && outcome(answer) == "503 query_timeout";
  if (!unknown && !too_slow) EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
  if (answer.status == 200 && target.starts_with("/v1/calls"))
    expect_ordered(nlohmann::json::parse(answer.body), target);
}

TEST(MixedLoad, ReadersSeeWholeAnswersWhileWritersWrite) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Tokens tokens(folder.file("tokens"));
  std::ofstream(folder.file("secrets")) << kSecret << '\n';
  Service service(archive,
                  {"--log-level", "warn", "--query-timeout", "20000", "--tokens-file", tokens.file, "--webhook-token",
                   kToken, "--webhook-secret", "@" + folder.file("secrets"), "--max-failures", "20"});
  std::atomic<bool> writing = true;
  std::vector<std::jthread> others;  // ended also where feed() throws
  const struct Ends {
    std::atomic<bool>& writing;
    ~Ends() { writing = false; }
  } ends{writing};
  for (std::size_t i = 0; i < kReaders; ++i) {
    others.emplace_back([&, i] {
      for (int n = 0; n < kQueries || writing; ++n) {
        ask(service, kReadable[(static_cast<std::size_t>(n) + i) % kReadable.size()], bearer(tokens.admin.secret));
      }
    });
  }
  others.emplace_back([&] {
    for (int n = 0; n < kQueries || writing; ++n) {
      const Answer answer = http::testing::exchange(service.port(), http::testing::get("/v1/calls", bearer("wrong")));
      EXPECT_TRUE(answer.status == 401 || answer.status == 429) << answer.status;
      service.signal(SIGHUP);
    }
  });
  for (unsigned round = 0; round < rounds(); ++round) {
    auto log = test::make_delivery_log(7 + round);
    log.resize(kDeliveries);
    const auto outcomes = feed(service.port(), shuffle(log, kWriters, round), {.secret = kSecret, .token = kToken});
    EXPECT_FALSE(outcomes.contains("503 overloaded"));
    for (const auto& [name, count] : outcomes) EXPECT_FALSE(name.starts_with("401")) << count << ' ' << name;
  }
  writing = false;
  for (auto& other : others) other.join();
  service.stop();
  EXPECT_EQ(run({"rebuild", "--check", "--db", archive}).exit_code, 0);
}

}  // namespace
}  // namespace callarchive::process
