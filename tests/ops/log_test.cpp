#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

// Nothing that was sent may be read in the log or in the metrics. Marks are planted wherever a client can put text.

namespace callarchive::process {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "plantedsecret-plantedsecret-plantedsecret";
// A number, a name, a message, a recording link, an address, and each as a word of its own.
const std::vector<std::string> kMarks = {"33698765432", "698765432", "Plantedname",   "plantedmessage",
                                         "plantedlink", "planted",   "plantedsecret", "Geheimnis"};

// The recorded bodies with every text replaced by marks, keys and times apart.
void plant(nlohmann::json& value, std::size_t& count) {
  if (value.is_structured()) {
    for (auto& member : value) plant(member, count);
  } else if (value.is_string()) {
    const auto text = value.get<std::string>();
    const bool is_needed = text.find('T') == 10 || text == "INBOUND" || text == "OUTBOUND" || text == "2.0";
    if (!is_needed) value = (text.starts_with('+') ? "+33698765432" : "planted Plantedname " + std::to_string(count++));
  }
}

std::vector<std::string> planted_bodies() {
  std::vector<std::string> bodies = {
      R"({"topic":"plantedmessage","data":{"plantedname":"+33698765432"}})",
      R"({"topic":"CALL_RECEIVED","data":"plantedmessage"})",
      R"({"topic":"call.completed","version":"planted","timestamp":"planted","data":{"id":{},"from_number":"+33698765432"}})",
      R"({"planted":"+33698765432"})",
      R"({"topic":"plantedmessage" +33698765432)",
      "plantedmessage \x01\xff +33698765432",
      R"({"topic":"PING","data":{"content":"\ud800 plantedmessage"}})",
  };
  for (const auto& [name, body] : recorded_bodies()) {
    auto json = nlohmann::json::parse(body);
    std::size_t count = 0;
    for (auto& [key, member] : json.items()) {
      if (member.is_structured()) plant(member, count);
    }
    bodies.push_back(json.dump());
  }
  return bodies;
}

const std::vector<std::string> kPlaces = {
    "/planted/+33698765432",
    "/v1/calls?number=%2B33698765432&q=plantedmessage",
    "/v1/calls?planted=33698765432",
    "/v1/calls?since=plantedmessage",
    "/v1/calls?cursor=plantedmessage",
    "/v1/calls/planted33698765432",
    "/v1/calls/planted%0d%0aPlantedname",
    "/v1/numbers/+33698765432",
    "/v1/numbers/+33698765432/timeline?limit=planted",
    "/v1/contacts/Plantedname/versions",
    "/v1/search?q=%22plantedmessage%22+-planted+NEAR(",
    "/v1/stats?tz=Planted/Plantedname",
    "/v1/deliveries?topic=plantedmessage",
    "/v1/deliveries/33698765432",
    "/v1/%ff%fe33698765432",
    "/livez?plantedmessage",
};

void send_everything(const Service& service) {
  const std::string headers =
      "User-Agent: planted/33698765432\r\nReferer: https://plantedlink.example/33698765432\r\nCookie: "
      "a=plantedmessage\r\n"
      "X-Request-Id: planted 33698765432 Plantedname\r\nX-Forwarded-For: planted\r\nX-Planted-33698765432: planted\r\n"
      "webhook-id: planted_33698765432\r\nwebhook-timestamp: 33698765432\r\nwebhook-signature: v1,plantedsecret\r\n"
      "Idempotency-Key: plantedmessage\r\n";
  for (const auto& body : planted_bodies()) {
    service.post(body, headers);                                                   // refused
    service.post(body, std::string("Authorization: Bearer ") + kSecret + "\r\n");  // stored
    service.post(body, headers, std::string("/webhooks/allo/") + kSecret);
    service.post(body, headers, "/webhooks/allo/plantedsecret33698765432");
  }
  for (const auto& place : kPlaces) {
    http::testing::exchange(service.port(), http::testing::get(place, headers));
    http::testing::exchange(service.port(), http::testing::post(place, "plantedmessage", headers));
  }
  for (const std::string line : {"PLANTED33698765432 /v1/calls HTTP/1.1", "GET plantedmessage HTTP/1.1",
                                 "GET /v1/calls HTTP/planted", "plantedmessage"}) {
    http::testing::exchange(service.port(), line + "\r\nHost: plantedlink\r\n" + headers + "\r\n");
  }
  // A failure of the file itself, whose words come from a library.
  service.post(R"({"topic":"PING","planted":1})", std::string("Authorization: Basic cGxhbnRlZDpwbGFudGVk\r\n"));
}

class Log : public testing::TestWithParam<std::string> {};

TEST_P(Log, HoldsNothingThatWasSent) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  Service service(archive, {"--webhook-token", kSecret, "--log-level", "debug", "--log-format", GetParam()});
  send_everything(service);
  service.signal(SIGHUP);
  service.wait_for_log("credentials reloaded");
  const std::string metrics = service.get("/metrics").body;
  ASSERT_THAT(metrics, HasSubstr("callarchive_deliveries_total{"));
  const int stored = service.ask("/v1/deliveries?count=exact&limit=1")["page"]["total"];
  EXPECT_GE(stored, 30) << "the marks did not get in";
  const std::string log = service.stop().err;
  ASSERT_THAT(log, HasSubstr("/webhooks/allo"));
  for (const auto& mark : kMarks) {
    EXPECT_THAT(log, Not(HasSubstr(mark)));
    EXPECT_THAT(metrics, Not(HasSubstr(mark)));
  }
}

INSTANTIATE_TEST_SUITE_P(InBothFormats, Log, testing::Values("text", "json"));

TEST(LogLines, AreOneObjectForEachRequest) {
  const TemporaryFolder folder;
  Service service(folder.file("archive.db"), {"--log-format", "json"});
  http::testing::exchange(service.port(), http::testing::get("/v1/calls/none", "X-Request-Id: mine-1\r\n"));
  std::istringstream lines(service.stop().err);
  int found = 0;
  for (std::string text; std::getline(lines, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    ASSERT_TRUE(line.is_object()) << text;
    for (const char* key : {"time", "level", "message"}) EXPECT_TRUE(line.contains(key)) << text;
    if (line["message"] != "request") continue;
    ++found;
    EXPECT_EQ(line["id"], "mine-1");
    EXPECT_EQ(line["method"], "GET");
    EXPECT_EQ(line["route"], "/v1/calls/{id}");
    EXPECT_EQ(line["status"], 404);
    EXPECT_TRUE(line["milliseconds"].is_number());
  }
  EXPECT_EQ(found, 1);
}

// Whoever watches the warnings sees every webhook that is lost, and why, also where the server itself refused it.
TEST(LogLines, OfRefusedWebhooksAreWarningsWithRouteAndCode) {
  const TemporaryFolder folder;
  Service service(folder.file("archive.db"), {"--webhook-token", kSecret, "--log-format", "json"});
  const std::string head = "POST /webhooks/allo HTTP/1.1\r\nHost: h\r\n";
  const std::map<std::string, std::string> requests = {
      {"unauthorized", head + "Content-Length: 2\r\n\r\n{}"},
      {"length_required", head + "\r\n"},
      {"body_too_large", head + "Content-Length: 999999999\r\n\r\n"},
      {"unsupported_media_type", head + "Content-Type: multipart/x\r\nContent-Length: 2\r\n\r\n{}"},
      {"invalid_length", head + "Content-Length: two\r\n\r\n{}"},
      {"invalid_chunk", head + "Transfer-Encoding: chunked\r\n\r\nxy\r\n"},
      {"invalid_target", "POST /webhooks/allo?x=%ff HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"},
      {"head_too_large", head + "X: " + std::string(40000, 'x')},
  };
  for (const auto& [code, request] : requests) {
    EXPECT_EQ(outcome(http::testing::exchange(service.port(), request)).substr(4), code);
  }
  const std::string metrics = service.get("/metrics").body;
  const std::string log = service.stop().err;
  for (const auto& [code, request] : requests) {
    const std::string expected = R"("method":"POST","route":"/webhooks/allo","status":)";
    std::istringstream lines(log);
    int found = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.find(R"("code":")" + code + '"') == std::string::npos) continue;
      ++found;
      EXPECT_THAT(line, HasSubstr(expected));
      EXPECT_THAT(line, HasSubstr(R"("level":"warning")"));
    }
    EXPECT_EQ(found, 1) << code;
    EXPECT_THAT(metrics, HasSubstr("callarchive_refused_deliveries_total{code=\"" + code + "\"} 1\n"));
  }
}

// A probe each few seconds would be the most of the log, for years.
TEST(LogLines, OfSuccessfulProbesAreForDebuggingOnly) {
  const TemporaryFolder folder;
  for (const char* level : {"info", "debug"}) {
    Service service(folder.file("archive.db"), {"--log-level", level});
    for (const char* probe : {"/livez", "/readyz", "/metrics"}) EXPECT_EQ(service.get(probe).status, 200);
    EXPECT_EQ(service.get("/livez?x=1").status, 400);
    const std::string log = service.stop().err;
    const bool shown = log.find(R"("route":"/readyz")") != std::string::npos;
    EXPECT_EQ(shown, std::string(level) == "debug") << log;
    EXPECT_THAT(log, HasSubstr(R"("route":"/livez","status":400)"));
  }
}

// What the sources say in the log stands in the manual, by its first words.
TEST(LogLines, AreAllExplainedInTheManual) {
  const auto text_of = [](const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  };
  const std::string manual = text_of(SOURCE_DIR "/docs/operations.md");
  const std::regex line("log_(?:info|warning|error)\\((?:std::string\\()?\"((?:[^\" :]+ ?){1,3})");
  int lines = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SOURCE_DIR "/server")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string source = text_of(entry.path());
    for (std::sregex_iterator found(source.begin(), source.end(), line), end; found != end; ++found, ++lines) {
      EXPECT_THAT(manual, HasSubstr("`" + (*found)[1].str())) << entry.path();
    }
  }
  EXPECT_GE(lines, 9);
}

}  // namespace
}  // namespace callarchive::process
