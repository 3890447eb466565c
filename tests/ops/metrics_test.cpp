#include "server/access/signature.h"
#include "server/clock.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

struct Scrape {
  std::map<std::string, std::string> types;  // by family
  std::map<std::string, std::string> helps;
  std::map<std::string, double> samples;  // by name and labels, as written
};

Scrape scrape(const Service& service) {
  const Answer answer = service.get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  Scrape result;
  std::istringstream lines(answer.body);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, kind, name, rest;
    if (line.starts_with("# ")) {
      words >> hash >> kind >> name;
      std::getline(words >> std::ws, rest);
      auto& known = kind == "TYPE" ? result.types : result.helps;
      EXPECT_TRUE(known.emplace(name, rest).second) << "twice: " << line;
      continue;
    }
    const auto blank = line.rfind(' ');
    EXPECT_TRUE(result.samples.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second) << line;
  }
  return result;
}

// The rules of https://prometheus.io/docs/practices/naming/ that promtool checks.
TEST(Metrics, AreNamedByTheRules) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  service.post(R"({"topic":"PING"})");
  const Scrape found = scrape(service);
  ASSERT_GT(found.types.size(), 20u);
  for (const auto& [name, type] : found.types) {
    EXPECT_TRUE(std::regex_match(name, std::regex("(callarchive|process)_[a-z]+(_[a-z]+)*"))) << name;
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
    EXPECT_TRUE(type == "counter" || type == "gauge" || type == "histogram") << name << ' ' << type;
    EXPECT_TRUE(found.helps.contains(name) && found.helps.at(name).ends_with('.')) << name;
    for (const char* unit : {"milliseconds", "minutes", "kilobytes", "megabytes", "percent", "_ms"}) {
      EXPECT_EQ(name.find(unit), std::string::npos) << name << ": use seconds, bytes, ratio";
    }
    const bool is_time = name.find("age") != std::string::npos || name.find("duration") != std::string::npos;
    if (is_time) EXPECT_TRUE(name.ends_with("_seconds")) << name;
    for (const char* reserved : {"_bucket", "_sum", "_count"}) EXPECT_FALSE(name.ends_with(reserved)) << name;
  }
  for (const auto& [name, value] : found.samples) {
    EXPECT_GE(value, 0) << name;
    EXPECT_EQ(name.find("le=") != std::string::npos, name.find("_bucket{") != std::string::npos) << name;
  }
}

// And the manual explains none that there is not.
TEST(Metrics, AreThoseOfTheManual) {
  const TemporaryFolder folder;
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const Service service(folder.file("archive.db"), {"--webhook-secret", secret});
  const std::string body = R"({"topic":"PING"})", timestamp = std::to_string(now() / 1000);
  const Answer answer = service.post(
      body, "webhook-id: msg_1\r\nwebhook-timestamp: " + timestamp +
                "\r\nwebhook-signature: " + sign("msg_1", timestamp, body, parse_signing_secret(secret)) + "\r\n");
  EXPECT_EQ(answer.status, 200);
  std::ifstream file(SOURCE_DIR "/docs/operations.md");
  std::stringstream manual;
  manual << file.rdbuf();
  const std::string text = manual.str();
  std::set<std::string> explained, shown;
  const std::regex row("\n\\| `((callarchive|process)_[a-z_]+)` \\|");
  for (std::sregex_iterator found(text.begin(), text.end(), row), end; found != end; ++found)
    explained.insert((*found)[1]);
  for (const auto& [name, type] : scrape(service).types) shown.insert(name);
  EXPECT_EQ(shown, explained);
}

TEST(Metrics, CountWhatHappens) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  const std::string message =
      R"({"topic":"SMS_RECEIVED","data":{"id":"msg_1","direction":"INBOUND","sent_at":"2026-01-01T00:00:00Z","content":"x"}})";
  service.post(message);
  service.post(message);
  service.post(R"({"topic":"invented.topic","data":{}})");
  service.post(R"({"topic":"CALL_RECEIVED","data":7})");
  service.get("/v1/calls/none");
  service.get("/none");
  auto samples = scrape(service).samples;
  const auto value = [&](const std::string& name) {
    EXPECT_TRUE(samples.contains(name)) << name;
    return samples[name];
  };
  EXPECT_EQ(value(R"(callarchive_http_requests_total{route="/webhooks/allo",status="200"})"), 4);
  EXPECT_EQ(value(R"(callarchive_http_requests_total{route="/v1/calls/{id}",status="404"})"), 1);
  EXPECT_EQ(value(R"(callarchive_http_requests_total{route="-",status="404"})"), 1);
  EXPECT_EQ(value(R"(callarchive_http_request_duration_seconds_count{route="/webhooks/allo"})"), 4);
  EXPECT_EQ(value(R"(callarchive_deliveries_total{outcome="stored",topic="SMS_RECEIVED"})"), 1);
  EXPECT_EQ(value(R"(callarchive_deliveries_total{outcome="duplicate",topic="SMS_RECEIVED"})"), 1);
  EXPECT_EQ(value(R"(callarchive_deliveries_total{outcome="quarantined",topic="CALL_RECEIVED"})"), 1);
  EXPECT_EQ(value(R"(callarchive_deliveries_total{outcome="noted",topic="other"})"), 1);
  EXPECT_EQ(value("callarchive_durable_deliveries_total"), 4);
  EXPECT_EQ(value("callarchive_quarantined_deliveries"), 1);
  EXPECT_EQ(value("callarchive_commit_deliveries_sum"), 4);
  EXPECT_EQ(value("callarchive_commit_duration_seconds_count"), value("callarchive_commit_deliveries_count"));
  EXPECT_EQ(value("callarchive_queued_deliveries"), 0);
  EXPECT_GT(value("callarchive_database_bytes"), 0);
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_LT(value("callarchive_last_delivery_age_seconds"), 3600);
  EXPECT_FALSE(samples.contains("callarchive_vendor_clock_difference_seconds")) << "nothing was signed";
}

TEST(Metrics, TellOfBackupsAndOfTheFuture) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Service service(archive);
  service.post(R"({"topic":"PING"})");
  EXPECT_EQ(scrape(service).samples["callarchive_last_backup_timestamp_seconds"], 0);
  ASSERT_EQ(run({"backup", "--db", archive, folder.file("copy.db")}).exit_code, 0);
  auto samples = scrape(service).samples;
  EXPECT_NEAR(samples["callarchive_last_backup_timestamp_seconds"], static_cast<double>(now()) / 1000, 600);
  EXPECT_EQ(samples["callarchive_last_backup_bytes"],
            static_cast<double>(std::filesystem::file_size(folder.file("copy.db"))));
  EXPECT_EQ(samples["callarchive_future_deliveries"], 0);
  EXPECT_GT(samples["process_max_fds"], samples["process_open_fds"]);
  EXPECT_NEAR(samples["process_start_time_seconds"], static_cast<double>(now()) / 1000, 600);
}

TEST(Metrics, CountRefusedCredentials) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--webhook-token", "a-token-of-forty-characters-or-so-000001"});
  service.post(R"({"topic":"PING"})");
  service.post(R"({"topic":"PING"})", "", "/webhooks/allo/wrong");
  auto samples = scrape(service).samples;
  EXPECT_EQ(samples.at(R"(callarchive_failed_credentials_total{of="sender"})"), 2);
  EXPECT_EQ(samples.at(R"(callarchive_failed_credentials_total{of="caller"})"), 0);
}

}  // namespace
}  // namespace callarchive::process
