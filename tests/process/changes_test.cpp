#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <random>

#include <signal.h>

// The change feed as those see it who follow it.

namespace callarchive::process {
namespace {

using Json = nlohmann::json;
using test::TemporaryFolder;
using testing::HasSubstr;

std::string call(const std::string& id, const std::string& summary, int minute = 0) {
  return R"({"topic":"CALL_RECEIVED","data":{"id":")" + id + R"(","start_date":"2026-03-02T09:)" +
         (minute < 10 ? "0" : "") + std::to_string(minute) +
         R"(:00Z","type":"INBOUND","from_number":"+14155550100","to":"+14155550199","one_sentence_summary":")" +
         summary + R"(","transcriptions":[{"source":"EXTERNAL","text":"hello"}]}})";
}

std::string tag(const std::string& id, const std::string& name) {
  return R"({"topic":"tag.added","version":"2.0","timestamp":"2026-03-02T08:59:00Z","data":{"call_id":")" + id +
         R"(","tag":")" + name + R"("}})";
}

// Keeps a copy of the archive by following the feed.
struct Copy {
  std::map<std::string, Json> items = {};  // by kind and id
  std::string position = {};

  void take(const Json& answer) {
    for (const auto& change : answer["data"]) take_change(change);
    position = answer["page"]["next_after"];
  }
  void take_change(const Json& change) {
    const std::string key = change["kind"].get<std::string>() + " " + change["id"].get<std::string>();
    if (change["op"] == "erase") items.erase(key);
    else items[key] = change["item"];
  }
  // Reads to the end, page by page.
  void catch_up(const Service& service, int limit = 500) {
    for (;;) {
      const std::string after = position.empty() ? "" : "&after=" + position;
      const Json answer = service.ask("/v1/changes?limit=" + std::to_string(limit) + after);
      take(answer);
      if (!answer["page"]["has_more"].get<bool>()) return;
    }
  }
};

// What the lists say, in the form of a copy.
std::map<std::string, Json> listed(const Service& service) {
  std::map<std::string, Json> items;
  const auto add = [&](const std::string& kind, const std::string& target) {
    std::string cursor;
    for (;;) {
      const Json page = service.ask(target + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const auto& item : page["data"]) items[kind + " " + item["id"].get<std::string>()] = item;
      if (!page["page"]["has_more"].get<bool>()) return;
      cursor = page["page"]["next_cursor"];
    }
  };
  add("call", "/v1/calls?limit=500&include=transcript");
  add("message", "/v1/messages?limit=500");
  add("contact", "/v1/contacts?limit=500");
  return items;
}

TEST(Changes, AreGaplessAndSayWhatThereIsNow) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  ASSERT_EQ(outcome(service.post(tag("cll_1", "early"))), "200 stored");  // there is no call yet: nothing to see
  ASSERT_EQ(outcome(service.post(call("cll_1", "first"))), "200 stored");
  ASSERT_EQ(outcome(service.post(call("cll_2", "other", 5))), "200 stored");
  ASSERT_EQ(outcome(service.post(call("cll_1", "second", 7))), "200 stored");  // at another time: it moves
  ASSERT_EQ(outcome(service.post(call("cll_1", "second", 7))), "200 duplicate");

  const Json answer = service.ask("/v1/changes");
  ASSERT_EQ(answer["data"].size(), 3u) << answer.dump(1);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(answer["data"][i]["seq"], i + 1);
  EXPECT_EQ(answer["data"][0]["id"], "cll_1");
  EXPECT_EQ(answer["data"][0]["delivery"], 2);
  EXPECT_EQ(answer["data"][0]["item"]["one_sentence_summary"], "second");  // as it is now
  EXPECT_EQ(answer["data"][0]["item"]["tags"], Json({"early"}));
  EXPECT_EQ(answer["data"][0]["item"]["transcript"][0]["text"], "hello");
  EXPECT_EQ(answer["page"]["head"], 3);
  EXPECT_EQ(answer["page"]["has_more"], false);

  const Json two = service.ask("/v1/changes?limit=2");
  EXPECT_EQ(two["page"]["has_more"], true);
  const Json rest = service.ask("/v1/changes?after=" + two["page"]["next_after"].get<std::string>());
  ASSERT_EQ(rest["data"].size(), 1u);
  EXPECT_EQ(rest["data"][0]["seq"], 3);
}

TEST(Changes, AnArchiveOfAnyKindCanBeCopiedThroughThem) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  import_generated(archive, 2000);
  const Service service(archive);
  Copy copy;
  copy.catch_up(service, 300);
  for (const auto& [name, body] : recorded_bodies()) service.post(body);
  copy.catch_up(service);
  EXPECT_EQ(copy.items, listed(service));
}

TEST(Changes, AWaitingRequestIsAnsweredByTheNextChange) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  const std::string now = service.ask("/v1/changes?after=now")["page"]["next_after"];
  auto answer = std::async(std::launch::async, [&] { return service.ask("/v1/changes?wait=30&after=" + now); });
  // A delivery that changes nothing that is followed does not end the wait.
  ASSERT_EQ(outcome(service.post(R"({"topic":"PING","data":{}})")), "200 noted");
  ASSERT_EQ(outcome(service.post(call("cll_1", "first"))), "200 stored");
  const Json got = answer.get();
  ASSERT_EQ(got["data"].size(), 1u);
  EXPECT_EQ(got["data"][0]["id"], "cll_1");
}

TEST(Changes, AWaitEndsWithItsTimeAndWithTheService) {
  const TemporaryFolder folder;
  Service service(folder.file("archive.db"));
  const std::string now = service.ask("/v1/changes?after=now")["page"]["next_after"];
  const Json nothing = service.ask("/v1/changes?wait=1&after=" + now);
  EXPECT_EQ(nothing["data"].size(), 0u);
  EXPECT_EQ(nothing["page"]["next_after"], now);

  http::testing::RawClient client(service.port());
  ASSERT_TRUE(client.send(http::testing::get("/v1/changes?wait=30&after=" + now)));
  // The request is somewhere between its arrival and its sleep: the stop must end it in every place, within its grace.
  service.stop();
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Changes, WaitingRequestsOccupyNoWorker) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"), {"--query-threads", "2"});
  const std::string now = service.ask("/v1/changes?after=now")["page"]["next_after"];
  std::vector<std::future<Json>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(std::async(std::launch::async, [&] { return service.ask("/v1/changes?wait=30&after=" + now); }));
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(service.get("/v1/calls").status, 200);
  ASSERT_EQ(outcome(service.post(call("cll_1", "first"))), "200 stored");
  for (auto& one : waiting) EXPECT_EQ(one.get()["data"].size(), 1u);
}

TEST(Changes, APositionOfAnotherHistoryIsRefused) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db"), copy = folder.file("copy.db"),
                    restored = folder.file("new.db");
  std::string old_position, later_position;
  {
    const Service service(archive);
    ASSERT_EQ(outcome(service.post(call("cll_1", "first"))), "200 stored");
    old_position = service.ask("/v1/changes")["page"]["next_after"];
    ASSERT_EQ(run({"backup", "--db", archive, copy}).exit_code, 0);
    ASSERT_EQ(outcome(service.post(call("cll_2", "second"))), "200 stored");
    later_position = service.ask("/v1/changes")["page"]["next_after"];
    EXPECT_EQ(service.get("/v1/changes?after=" + later_position).status, 200);
  }
  ASSERT_EQ(run({"restore", copy, "--db", restored}).exit_code, 0);
  {
    const Service service(restored);
    EXPECT_EQ(outcome(service.get("/v1/changes?after=" + old_position)), "409 history_changed");
    EXPECT_EQ(outcome(service.get("/v1/changes?after=" + later_position)), "409 history_changed");
  }
  {  // a file that was put in place by hand and has gone on: the same epoch, another history
    std::filesystem::copy_file(copy, folder.file("by_hand.db"));
    const Service service(folder.file("by_hand.db"));
    EXPECT_EQ(service.get("/v1/changes?after=" + old_position).status, 200);
    EXPECT_EQ(outcome(service.get("/v1/changes?after=" + later_position)), "409 history_changed");
    ASSERT_EQ(outcome(service.post(call("cll_3", "another"))), "200 stored");
    EXPECT_EQ(outcome(service.get("/v1/changes?after=" + later_position)), "409 history_changed");
  }
  ASSERT_EQ(run({"rebuild", "--db", archive}).exit_code, 0);
  const Service service(archive);
  EXPECT_EQ(outcome(service.get("/v1/changes?after=" + later_position)), "409 history_changed");
  EXPECT_EQ(service.ask("/v1/changes")["data"].size(), 2u);
}

TEST(Changes, WrongParametersAreRefusedByName) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  for (const char* query : {"after=1", "after=.1.2", "after=x.y.z", "after=a.-1.0", "wait=31", "wait=x", "limit=0"}) {
    EXPECT_EQ(outcome(service.get(std::string("/v1/changes?") + query)), "400 invalid_parameter") << query;
  }
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

// Killed at random, a follower that keeps its position ends with a copy of the archive.
TEST(Follow, KilledAtRandomEndsWithACopy) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  const std::string url = "http://127.0.0.1:" + std::to_string(service.port());
  const std::string position = folder.file("position");
  Copy copy;
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    for (int n = 0; n < 10; ++n) {
      const int id = static_cast<int>(random() % 40);
      ASSERT_EQ(service.post(call("cll_" + std::to_string(id), "round " + std::to_string(round), id)).status, 200);
    }
    Program follower({"follow", "--server", url, "--position-file", position});
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
    follower.signal(SIGKILL);
    const Ended ended = follower.wait();
    const std::string whole = ended.out.substr(0, ended.out.rfind('\n') + 1);
    for (const auto& change : lines_of(whole)) copy.take_change(change);
  }
  const Ended last = run({"follow", "--server", url, "--position-file", position, "--once"});
  ASSERT_EQ(last.exit_code, 0) << last.err;
  for (const auto& change : lines_of(last.out)) copy.take_change(change);
  EXPECT_EQ(copy.items, listed(service));
}

TEST(Follow, SaysWhenTheHistoryHasChanged) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db"), position = folder.file("position");
  { Service(archive).post(call("cll_1", "first")); }
  const Ended first = run({"follow", "--db", archive, "--position-file", position, "--once"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(lines_of(first.out).size(), 1u);
  EXPECT_EQ(run({"follow", "--db", archive, "--position-file", position, "--once"}).out, "");
  ASSERT_EQ(run({"rebuild", "--db", archive}).exit_code, 0);
  const Ended refused = run({"follow", "--db", archive, "--position-file", position, "--once"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("begin again without a position"));
}

}  // namespace
}  // namespace callarchive::process
