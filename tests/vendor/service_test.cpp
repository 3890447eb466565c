#include "tests/process/service.h"
#include "server/clock.h"
#include "tests/support/temporary_archive.h"
#include "tests/vendor/seeded_vendor.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

// The built program beside a vendor of our own: backfill, verify, webhook, and the service that compares by itself.

namespace callarchive::vendor::testing {
namespace {

using process::Ended;
using process::run;
using process::Service;
using recordings::testing::Line;
using recordings::testing::Seen;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<string>;

constexpr const char* kKey = "ak_live_secret_of_the_tests";

class VendorProgram : public ::testing::Test {
 protected:
  VendorProgram() { std::ofstream(key_file()) << kKey << '\n'; }

  string archive() const { return folder.file("archive.db"); }
  string key_file() const { return folder.file("vendor-key"); }
  Words with_key(Words words = {}) const {
    for (const auto& word :
         {string("--vendor-key"), "@" + key_file(), string("--vendor-url"), vendor.http.url("localhost", ""),
          string("--recording-ca"), vendor.http.ca_file(), string("--allow-loopback-addresses"), string("true")}) {
      words.push_back(word);
    }
    return words;
  }
  Ended backfill(const Words& more = {}) const { return run_with(with_key({"backfill", "--db", archive()}), more); }
  Ended verify(const Words& more = {}) const { return run_with(with_key({"verify", "--db", archive()}), more); }
  static Ended run_with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    auto ended = run(words);
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr(kKey)));
    return ended;
  }
  static string text_of(const string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  test::TemporaryFolder folder;
  SeededVendor vendor{5, 120, 8, 1, 20};  // few windows: the program keeps to five searches a second
};

TEST_F(VendorProgram, BackfillsAndVerifiesAStoppedArchive) {
  const Ended first = backfill();
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr(" 128 were missing, 0 said something new"));
  const Ended complete = verify();
  EXPECT_EQ(complete.exit_code, 0) << complete.out << complete.err;
  EXPECT_THAT(complete.out, ::testing::StartsWith("complete, as far as this key sees\nscopes: CONVERSATIONS_READ, "));
  EXPECT_THAT(complete.out, HasSubstr("missing here: 0\nmissing there: 0\ndifferent: 0\n"));

  vendor.items.pop_back();
  vendor.people[2].job_title = "President";
  const Ended different = verify({"--json"});
  EXPECT_EQ(different.exit_code, 1);
  const auto report = json::parse(different.out);
  EXPECT_EQ(report["missing_there"].size(), 1u);
  EXPECT_EQ(report["complete"], false);
  EXPECT_EQ(backfill({"--deep"}).exit_code, 0);
  // What the vendor deletes stays here, and the two are not the same any more.
  const Ended kept = verify();
  EXPECT_EQ(kept.exit_code, 1);
  EXPECT_THAT(kept.out, ::testing::StartsWith("not complete, as far as this key sees\n"));
  EXPECT_THAT(kept.out, HasSubstr("missing here: 0\nmissing there: 1\n"));
}

TEST_F(VendorProgram, ShowsWhatItDoesAndGoesOnAfterItsInterruption) {
  std::atomic<int> pages = 0;
  std::atomic<bool> is_slow = true;
  // Each page takes long from the second one on, so that there is something to interrupt.
  vendor.before_page = [&](int) {
    while (++pages > 1 && is_slow) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  int first = 0;
  {
    process::Program program(with_key({"backfill", "--db", archive()}));
    while (pages < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    program.signal(SIGINT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.exit_code, 128 + SIGINT) << ended.err;
    is_slow = false;
    first = vendor.requests();
  }
  const Ended rest = backfill();
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_THAT(rest.err, HasSubstr(" 128 were missing, 0 said something new")) << "both parts together";
  // Me, lines, users, tags, and how far each list goes are asked for again; no window is.
  const int both = vendor.requests(), again = 4 + 2 * 2;
  vendor.before_page = {};
  test::TemporaryFolder elsewhere;
  EXPECT_EQ(run_with(with_key({"backfill", "--db", elsewhere.file("whole.db")}), {}).exit_code, 0);
  EXPECT_LE(both, vendor.requests() - both + again + 2) << first << " before the interruption";
  EXPECT_EQ(verify().exit_code, 0);
}

TEST_F(VendorProgram, VerifiesAgainstAList) {
  ASSERT_EQ(backfill().exit_code, 0);
  const string list = folder.file("list.ndjson");
  {
    std::ofstream file(list);
    for (const auto& item : vendor.items) file << v2_item(item, true).dump() << '\n';
  }
  const Ended same = run({"verify", "--db", archive(), "--against", list});
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  EXPECT_THAT(same.out, ::testing::StartsWith("complete, compared with the list\n"));
  std::ofstream(list, std::ios::app)
      << R"({"id":"cll-new","type":"CALL","date":"2026-03-01T10:00:00Z","allo_number":"+33184800001"})" << '\n';
  const Ended longer = run({"verify", "--db", archive(), "--against", list});
  EXPECT_EQ(longer.exit_code, 1);
  EXPECT_THAT(longer.out, HasSubstr("missing here: 1\n  CALL cll-new +33184800001 2026-03-01T10:00:00.000Z\n"));
  EXPECT_EQ(run({"verify", "--db", archive(), "--against", folder.file("none")}).exit_code, 2);
}

TEST_F(VendorProgram, SaysWhatItNeeds) {
  const Ended no_key = run({"backfill", "--db", archive()});
  EXPECT_EQ(no_key.exit_code, 2);
  EXPECT_THAT(no_key.err, HasSubstr("--vendor-key"));
  EXPECT_EQ(run(with_key({"backfill", "--db", archive(), "--since", "yesterday"})).exit_code, 2);
  EXPECT_EQ(run({"backfill", "--db", archive(), "--vendor-key", "k", "--vendor-url", "http://localhost"}).exit_code, 2);
}

TEST_F(VendorProgram, TheServiceThatHoldsTheArchiveDoesTheWork) {
  const Service service(archive(), with_key());
  service.wait_for_log("`callarchive backfill` brings them");
  const Ended ended = run({"backfill", "--db", archive()});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(" 128 were missing"));
  EXPECT_EQ(service.ask("/v1/calls?count=exact&limit=1")["page"]["total"].get<int>() +
                service.ask("/v1/messages?count=exact&limit=1")["page"]["total"].get<int>(),
            120);
  const auto me = service.ask("/v1/me")["vendor"];
  EXPECT_EQ(me["kind"], "backfill");
  EXPECT_EQ(me["only_by_backfill"], 128);
  EXPECT_TRUE(me["complete_until"].is_string());
  EXPECT_TRUE(me["error"].is_null());
  EXPECT_EQ(verify().exit_code, 0) << "it may run beside the service";
  EXPECT_THAT(service.get("/metrics").body, HasSubstr("callarchive_only_by_backfill 128\n"));
  EXPECT_THAT(service.log(), Not(HasSubstr(kKey)));
}

TEST_F(VendorProgram, TheLastDaysAreComparedAfterAGap) {
  for (auto& item : vendor.items) item.at = now() - 86'400'000 + (item.at % 1000);
  const Service service(archive(), with_key({"--reconcile-gap", "0.0000003"}));
  service.post(webhook_of(vendor.items[0]));
  service.post(webhook_of(vendor.items[1]));
  service.post(webhook_of(vendor.items[2]));
  service.wait_for_log("compared with the vendor: ");
  EXPECT_EQ(verify().exit_code, 0);
  EXPECT_EQ(service.ask("/v1/me")["vendor"]["kind"], "reconcile");
}

TEST_F(VendorProgram, AVendorThatFailsDoesNotMakeTheServiceUnready) {
  vendor.odd.refuses_key = true;
  const Service service(archive(), with_key());
  const Ended ended = run({"backfill", "--db", archive()});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("the vendor answers 401 API_KEY_INVALID"));
  EXPECT_EQ(service.get("/readyz").status, 200);
  EXPECT_THAT(service.ask("/v1/me")["vendor"]["error"].get<string>(), HasSubstr("the vendor answers 401"));
  EXPECT_THAT(service.get("/metrics").body, HasSubstr("callarchive_vendor_comparison_failing 1\n"));
}

TEST_F(VendorProgram, MakesShowsAndDeletesTheWebhook) {
  const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", url = "https://archive.example.org/webhooks/allo";
  std::atomic<bool> exists = false;
  const json webhook = {{"id", "ep_1"}, {"url", url}, {"topics", {"call.completed"}}, {"enabled", true}};
  vendor.http.on("/v2/api/webhooks", [&](const Seen& seen, Line& line) {
    if (seen.method == "GET") {
      return line.answer(200, json{{"data", exists ? json::array({webhook}) : json::array()}}.dump());
    }
    exists = true;
    auto made = webhook;
    made["signing_secret"] = secret;
    line.answer(201, json{{"data", made}}.dump());
  });
  vendor.http.on("/v2/api/webhooks/ep_1", [&](const Seen& seen, Line& line) {
    if (seen.method == "DELETE") {
      exists = false;
      return line.answer(204, "");
    }
    auto made = webhook;
    made["signing_secret"] = secret;
    line.answer(200, json{{"data", made}}.dump());
  });
  const string file = folder.file("webhook-secret");
  const auto create = [&](const Words& more = {}) {
    Words words = {"webhook", "create", "--url", url, "--secret-file", file};
    words.insert(words.end(), more.begin(), more.end());
    return run_with(with_key(words), {});
  };

  const Ended printed = create({"--print-only"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_THAT(printed.out, ::testing::StartsWith("POST " + vendor.http.url("localhost", "/v2/api/webhooks") + "\n"));
  EXPECT_THAT(printed.out, HasSubstr("\"call.completed\""));
  EXPECT_TRUE(vendor.http.seen().empty());

  const Ended made = create();
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, "ep_1\tcreated\t" + url + "\n");
  EXPECT_EQ(text_of(file), secret + "\n");
  EXPECT_THAT(made.out + made.err, Not(HasSubstr(secret)));
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  const auto body = json::parse(vendor.http.seen().back().body);
  EXPECT_EQ(body["url"], url);
  EXPECT_EQ(body["topics"].size(), 11u);
  {
    const Service service(archive(), {"--webhook-secret", "@" + file});
    EXPECT_EQ(service.post(R"({"topic":"PING"})").status, 401);
  }
  EXPECT_EQ(create().out, "ep_1\texists already\t" + url + "\n");
  EXPECT_EQ(text_of(file), secret + "\n") << "it is there already";
  const string other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  std::ofstream(file) << other;  // without the end of the line
  EXPECT_EQ(create().exit_code, 0);
  EXPECT_EQ(text_of(file), other + "\n" + secret + "\n");

  const Ended shown = run(with_key({"webhook", "status"}));
  EXPECT_EQ(shown.out, "ep_1\tenabled\t" + url + "\tcall.completed\n");
  EXPECT_EQ(run(with_key({"webhook", "delete", "ep_1"})).out, "ep_1\tdeleted\n");
  EXPECT_EQ(run(with_key({"webhook", "status"})).out, "");
  EXPECT_EQ(run(with_key({"webhook", "delete", "../users"})).exit_code, 2);
  EXPECT_EQ(run(with_key({"webhook", "create", "--url", "http://x", "--secret-file", file})).exit_code, 2);
}

}  // namespace
}  // namespace callarchive::vendor::testing
