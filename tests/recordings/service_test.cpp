#include "tests/process/service.h"
#include "storage/sqlite/digest.h"
#include "tests/recordings/fake_vendor.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_control.h"
#include "tests/support/memory.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fstream>
#include <random>

// The built program beside a vendor of our own: from the webhook to the listener.

namespace callarchive::recordings::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
using http::testing::RawClient;
using process::Answer;
using process::Ended;
using process::run;
using process::Service;
namespace fs = std::filesystem;
using Words = std::vector<string>;

constexpr const char* kMore = "--recordings";
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanPreload = false;  // the sanitizer's own library wants to come first
#else
constexpr bool kCanPreload = true;
#endif

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class ServiceTest : public ::testing::Test {
 protected:
  string file(const string& name) const { return folder.file(name); }
  string archive() const { return file("archive.db"); }
  string link(const string& path) const { return vendor.url("localhost", path); }

  Words flags(const Words& more = {}) const {
    Words words = {"--vendor-url",   vendor.url("localhost", ""),  "--recording-ca",
                   vendor.ca_file(), "--allow-loopback-addresses", "true"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Words fetching(const Words& more = {}) const {
    Words words = flags(more);
    words.insert(words.begin(), {kMore, "on"});
    return words;
  }
  // As the vendor's version 1 sends it.
  static string v1_body(const string& id, const string& url, double minutes = 3.0 / 60) {
    return nlohmann::json{{"topic", "CALL_RECEIVED"},
                          {"data",
                           {{"id", id},
                            {"start_date", "2026-03-02T09:10:00Z"},
                            {"from_number", "+14155550111"},
                            {"to", "+14155550100"},
                            {"length_in_minutes", minutes},
                            {"recording_url", url.empty() ? nlohmann::json() : nlohmann::json(url)}}}}
        .dump();
  }
  void send(const Service& service, const string& id, const string& url, double minutes = 3.0 / 60) {
    ASSERT_EQ(process::outcome(service.post(v1_body(id, url, minutes))), "200 stored") << id;
  }
  void serve(const string& path, const string& bytes) {
    vendor.on(path, [=](const Seen&, Line& line) { line.answer(200, bytes); });
  }
  static nlohmann::json recording_of(const Service& service, const string& id) {
    return service.ask("/v1/calls/" + id)["recording"];
  }
  static void wait_for(const std::function<bool()>& is_so) {
    for (int i = 0; i < 6000 && !is_so(); ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(is_so());
  }
  static void wait_until_kept(const Service& service, const string& id) {
    wait_for([&] { return recording_of(service, id)["state"] == "kept"; });
  }
  static Answer get(const Service& service, const string& target, const string& headers) {
    return http::testing::exchange(service.port(), http::testing::get(target, headers));
  }
  static string content(const string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Each kept row has its whole file. Returns how many there are.
  int check_kept() const {
    const SQLite::Database database(archive(), SQLite::OPEN_READONLY, 10'000);
    SQLite::Statement rows(database,
                           "SELECT lower(hex(r.sha256)), s.bytes FROM recordings r JOIN sounds s USING (sha256)"
                           " WHERE r.state = 'kept'");
    int count = 0;
    for (; rows.executeStep(); ++count) {
      const string digest = rows.getColumn(0).getString();
      const string bytes = content(archive() + ".media/" + digest.substr(0, 2) + "/" + digest);
      EXPECT_EQ(static_cast<std::int64_t>(bytes.size()), rows.getColumn(1).getInt64()) << digest;
      EXPECT_EQ(storage::sha256_hex(bytes), digest);
    }
    return count;
  }

  test::TemporaryFolder folder;
  FakeVendor vendor;
  const string mp3 = make_sound("a.mp3", 3);
};

TEST_F(ServiceTest, AWebhookBecomesASoundThatIsServed) {
  serve("/a.mp3", mp3);
  const Service service(archive(), fetching());
  send(service, "cll_A", link("/a.mp3"));
  wait_until_kept(service, "cll_A");

  const auto recording = recording_of(service, "cll_A");
  EXPECT_EQ(recording["bytes"], mp3.size());
  EXPECT_EQ(recording["type"], "audio/mpeg");
  EXPECT_EQ(recording["digest"], storage::sha256_hex(mp3));
  EXPECT_NEAR(recording["duration_seconds"].get<double>(), 3, 0.2);
  EXPECT_TRUE(recording["reason"].is_null());
  EXPECT_TRUE(recording["next_try_at"].is_null());

  const Answer whole = service.get("/v1/calls/cll_A/recording");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, mp3);
  EXPECT_EQ(whole.headers.at("content-type"), "audio/mpeg");
  EXPECT_EQ(whole.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(whole.headers.at("etag"), '"' + storage::sha256_hex(mp3) + '"');
  EXPECT_EQ(whole.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(whole.headers.at("content-disposition"),
            "inline; filename=\"2026-03-02T091000Z_+14155550111_+14155550100_cll_A.mp3\"");
  EXPECT_THAT(service.get("/v1/calls/cll_A/recording?download=true").headers.at("content-disposition"),
              ::testing::StartsWith("attachment; "));
  EXPECT_EQ(service.ask("/v1/calls/cll_A/recording/peaks")["peaks"].size(), 512u);

  RawClient client(service.port());
  client.send("HEAD /v1/calls/cll_A/recording HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\n\r\n");
  const auto head = client.receive(false);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->headers.at("content-length"), std::to_string(mp3.size()));
  client.send(http::testing::get("/livez"));  // nothing follows the head
  EXPECT_EQ(client.receive()->status, 200);
}

TEST_F(ServiceTest, ServesRangesAsBrowsersAskForThem) {
  serve("/a.mp3", mp3);
  const Service service(archive(), fetching());
  send(service, "cll_A", link("/a.mp3"));
  wait_until_kept(service, "cll_A");
  const string target = "/v1/calls/cll_A/recording", tag = '"' + storage::sha256_hex(mp3) + '"';
  const auto size = mp3.size();
  const string all = "/" + std::to_string(size), last = std::to_string(size - 1);
  const struct {
    string headers;
    int status;
    string range;  // Content-Range
    string body;
  } kRows[] = {
      {"Range: bytes=0-1\r\n", 206, "bytes 0-1" + all, mp3.substr(0, 2)},
      {"Range: bytes=0-\r\n", 206, "bytes 0-" + last + all, mp3},
      {"Range: bytes=100-199\r\n", 206, "bytes 100-199" + all, mp3.substr(100, 100)},
      {"Range: bytes=1000-\r\n", 206, "bytes 1000-" + last + all, mp3.substr(1000)},
      {"Range: bytes=-5\r\n", 206, "bytes " + std::to_string(size - 5) + "-" + last + all, mp3.substr(size - 5)},
      {"Range: bytes=-99999999\r\n", 206, "bytes 0-" + last + all, mp3},
      {"Range: bytes=" + last + "-99999999999999999999\r\n", 206, "bytes " + last + "-" + last + all,
       mp3.substr(size - 1)},
      {"Range: bytes=" + std::to_string(size) + "-\r\n", 416, "bytes *" + all, ""},
      {"Range: bytes=99999999999999999999-\r\n", 416, "bytes *" + all, ""},
      {"Range: bytes=-0\r\n", 416, "bytes *" + all, ""},
      {"Range: bytes=0-0,5-9\r\n", 200, "", mp3},
      {"Range: bytes=9-5\r\n", 200, "", mp3},
      {"Range: bytes=a-b\r\n", 200, "", mp3},
      {"Range: bytes=\r\n", 200, "", mp3},
      {"Range: bytes=-\r\n", 200, "", mp3},
      {"Range: seconds=0-1\r\n", 200, "", mp3},
      {"Range: bytes=0-1\r\nIf-Range: " + tag + "\r\n", 206, "bytes 0-1" + all, mp3.substr(0, 2)},
      {"Range: bytes=0-1\r\nIf-Range: \"other\"\r\n", 200, "", mp3},
      {"Range: bytes=0-1\r\nIf-Range: W/" + tag + "\r\n", 200, "", mp3},
      {"Range: bytes=0-1\r\nIf-Range: Mon, 02 Mar 2026 09:10:00 GMT\r\n", 200, "", mp3},
      {"If-None-Match: " + tag + "\r\n", 304, "", ""},
      {"If-None-Match: \"x\", W/" + tag + "\r\nRange: bytes=0-1\r\n", 304, "", ""},
      {"If-None-Match: \"x\"\r\n", 200, "", mp3},
      {"Accept-Encoding: gzip\r\n", 200, "", mp3},
  };
  for (const auto& row : kRows) {
    const Answer answer = get(service, target, row.headers);
    EXPECT_EQ(answer.status, row.status) << row.headers;
    const auto range = answer.headers.find("content-range");
    EXPECT_EQ(range == answer.headers.end() ? "" : range->second, row.range) << row.headers;
    if (answer.status != 416) EXPECT_TRUE(answer.body == row.body) << row.headers;
  }
}

TEST_F(ServiceTest, SaysWhatBecameOfARecordingThatIsNotKept) {
  const Service service(archive(), fetching());
  send(service, "cll_A", link("/404"));
  wait_for([&] { return recording_of(service, "cll_A")["state"] == "gone"; });
  EXPECT_THAT(recording_of(service, "cll_A")["reason"].get<string>(), HasSubstr("answers 404"));
  EXPECT_FALSE(recording_of(service, "cll_A")["next_try_at"].is_null());
  const Answer gone = service.get("/v1/calls/cll_A/recording");
  EXPECT_EQ(process::outcome(gone), "404 recording_not_kept");
  EXPECT_THAT(gone.body, AllOf(HasSubstr("gone"), HasSubstr("answers 404")));
  ASSERT_EQ(service.post(v1_body("cll_B", "")).status, 200);
  EXPECT_EQ(process::outcome(service.get("/v1/calls/cll_B/recording")), "404 no_recording");
  EXPECT_EQ(process::outcome(service.get("/v1/calls/cll_C/recording")), "404 not_found");
}

TEST_F(ServiceTest, FindsAndCountsRecordingsByState) {
  serve("/a.mp3", mp3);
  const Service service(archive(), fetching());
  send(service, "cll_A", link("/a.mp3"));
  send(service, "cll_B", link("/404"));
  ASSERT_EQ(service.post(v1_body("cll_C", "")).status, 200);
  wait_until_kept(service, "cll_A");
  wait_for([&] { return recording_of(service, "cll_B")["state"] == "gone"; });
  const auto ids = [&](const string& filter) {
    string found;
    const auto answer = service.ask("/v1/calls?" + filter);
    for (const auto& call : answer["data"]) found += call["id"].get<string>() + " ";
    return found;
  };
  EXPECT_EQ(ids("has=recording"), "cll_A ");
  EXPECT_THAT(ids("has=recording_link"), AllOf(HasSubstr("cll_A"), HasSubstr("cll_B"), Not(HasSubstr("cll_C"))));
  EXPECT_EQ(ids("recording_state=gone"), "cll_B ");
  EXPECT_EQ(service.ask("/v1/calls?recording_state=kept&count=exact")["page"]["total"], 1);
  EXPECT_EQ(service.get("/v1/calls?recording_state=lost").status, 400);
  const string metrics = service.get("/metrics").body;
  EXPECT_THAT(metrics, AllOf(HasSubstr("callarchive_recordings{state=\"kept\"} 1\n"),
                             HasSubstr("callarchive_recordings{state=\"gone\"} 1\n"),
                             HasSubstr("callarchive_recordings_waiting{state=\"gone\"} 1\n"),
                             HasSubstr("callarchive_recording_files 1\n"),
                             HasSubstr("callarchive_recording_tries_total{state=\"kept\"} 1\n")));
  const Ended listed = run({"recordings", "list", "--db", archive(), "--state", "gone"});
  EXPECT_THAT(listed.out, AllOf(HasSubstr("cll_B\tgone\tnext try "), Not(HasSubstr("cll_A"))));
  EXPECT_THAT(run({"recordings", "status", "--db", archive()}).out, HasSubstr("kept\t1\n"));
}

TEST_F(ServiceTest, LeavesNoLinkInItsLog) {
  Service service(archive(), fetching({"--log-level", "debug"}));
  send(service, "cll_A", link("/404?signature=hush"));
  wait_for([&] { return recording_of(service, "cll_A")["state"] == "gone"; });
  service.get("/v1/calls/cll_A/recording");
  EXPECT_THAT(service.stop().err, AllOf(HasSubstr("a recording is not kept"), Not(HasSubstr("hush"))));
}

TEST_F(ServiceTest, FetchesNothingWhenItIsToldNotTo) {
  serve("/a.mp3", mp3);
  Service service(archive(), flags({kMore, "off"}));
  send(service, "cll_A", link("/a.mp3"));
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(recording_of(service, "cll_A")["state"], "wanted");
  service.stop();
  EXPECT_TRUE(vendor.seen().empty());
}

TEST_F(ServiceTest, WebhooksNeverWaitForADownload) {
  vendor.on("/slow", [](const Seen&, Line& line) { line.wait(20s); });
  const Service service(archive(), fetching({"--recordings-at-once", "1"}));
  send(service, "cll_0", link("/slow"));
  wait_for([&] { return vendor.count("/slow") == 1; });
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i <= 50; ++i) send(service, "cll_" + std::to_string(i), link("/slow"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 8s);
  EXPECT_EQ(vendor.count("/slow"), 1);
}

TEST_F(ServiceTest, AFullDiskForSoundsLeavesRoomForDeliveries) {
  serve("/a.mp3", mp3);
  const Service service(archive(), fetching({"--media-reserve", "1000000000000000"}));
  send(service, "cll_A", link("/a.mp3"));
  wait_for([&] { return recording_of(service, "cll_A")["state"] == "failed"; });
  EXPECT_THAT(recording_of(service, "cll_A")["reason"].get<string>(), HasSubstr("reserved for deliveries"));
  send(service, "cll_B", link("/a.mp3"));
  EXPECT_TRUE(vendor.seen().empty());
}

// What the disk says in the middle of a sound. `every`: so many calls go well in between.
TEST_F(ServiceTest, ADiskThatFailsInTheMiddleLosesNothing) {
  if (!kCanPreload) GTEST_SKIP() << "no preloading under sanitizers";
  const struct {
    const char* what;
    test::Fault fault;
    const char* reason;
  } kRows[] = {
      {"it is full", {.operations = test::kWrite, .error = ENOSPC, .every = 5}, "No space left on device"},
      {"the quota is used up", {.operations = test::kWrite, .error = EDQUOT, .every = 5}, "Disk quota exceeded"},
      {"it writes half", {.operations = test::kWrite, .every = 2, .short_write = true}, ""},
      {"it is read-only", {.operations = test::kOpenToWrite, .error = EROFS}, "Read-only file system"},
      {"it does not sync", {.operations = test::kSync, .error = EIO}, "Input/output error"},
  };
  const string media = archive() + ".media";
  fs::create_directory(media);
  test::Faults faults(file("control"), media);
  Service service(archive(), fetching(), {{"LD_PRELOAD", FAULT_SHIM}, {test::kFaultsVariable, faults.control_file()}});
  int n = 0;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    const string id = "cll_" + std::to_string(n), path = "/" + std::to_string(n) + ".wav";
    const string wav = make_sound("long.wav", 20, 300 + n++);
    serve(path, wav);
    faults.begin(row.fault);
    send(service, id, link(path), 20.0 / 60);  // the webhook itself is stored
    wait_for([&] { return recording_of(service, id)["state"] != "wanted"; });
    EXPECT_GT(faults.injected(), 0u);
    faults.end();
    if (*row.reason) {
      EXPECT_EQ(recording_of(service, id)["state"], "failed");
      EXPECT_THAT(recording_of(service, id)["reason"].get<string>(), HasSubstr(row.reason));
      EXPECT_TRUE(fs::is_empty(media + "/incoming"));
      send(service, id, link(path + "?again"), 20.0 / 60);
    }
    wait_until_kept(service, id);
    EXPECT_EQ(service.get("/v1/calls/" + id + "/recording").body, wav);
  }
  service.stop();
  EXPECT_EQ(check_kept(), n);
  EXPECT_EQ(run({"doctor", "--db", archive()}).exit_code, 0);
}

// 600 MB are above the limit unless it is raised; the memory does not know either way.
TEST_F(ServiceTest, AHugeSoundIsRefusedOrKeptAndHoldsNoMemory) {
  constexpr std::int64_t kSize = 600'000'000;
  constexpr std::size_t kMostResident = 128u << 20;
  const string bytes = make_sound("short.wav", 1);
  string head = bytes.substr(0, 44);
  for (const auto& [place, value] : {std::pair<std::size_t, std::int64_t>(4, kSize - 8), {40, kSize - 44}}) {
    for (std::size_t i = 0; i < 4; ++i) head[place + i] = static_cast<char>(value >> (8 * i));
  }
  std::atomic<int> sent_whole = 0;
  vendor.on("/huge.wav", [&](const Seen&, Line& line) {
    const string piece(1 << 20, '\x20');
    line.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n" + head);
    std::int64_t left = kSize - 44;
    while (left > 0 && line.send(std::string_view(piece).substr(
                           0, static_cast<std::size_t>(std::min<std::int64_t>(left, 1 << 20))))) {
      left -= 1 << 20;
    }
    if (left <= 0) ++sent_whole;
  });
  const double minutes = static_cast<double>(kSize) / 16000 / 60;
  {
    const Service service(archive(), fetching());
    send(service, "cll_A", link("/huge.wav"), minutes);
    wait_for([&] { return recording_of(service, "cll_A")["state"] == "failed"; });
    EXPECT_THAT(recording_of(service, "cll_A")["reason"].get<string>(),
                HasSubstr("more than 536870912 bytes, which is the limit"));
    EXPECT_EQ(sent_whole, 0);
  }
  const Service service(archive(), fetching({"--max-recording", "700000000", "--media-reserve", "0"}));
  send(service, "cll_A", link("/huge.wav?again"), minutes);
  const auto patience = std::chrono::steady_clock::now() + 5min;
  while (recording_of(service, "cll_A")["state"] == "wanted" && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(recording_of(service, "cll_A")["state"], "kept");
  EXPECT_EQ(sent_whole, 1);
  EXPECT_EQ(recording_of(service, "cll_A")["bytes"], kSize);
  const Answer middle = get(service, "/v1/calls/cll_A/recording", "Range: bytes=300000000-300000009\r\n");
  EXPECT_EQ(middle.body, string(10, '\x20'));
  const auto peak = test::bytes_in("/proc/" + std::to_string(service.pid()) + "/status", "VmHWM:");
  std::cout << "600 MB: peak of resident memory " << (peak >> 20) << " MiB\n";
  if (test::kMemoryIsMeasurable) EXPECT_LT(peak, kMostResident);
}

// Each command that works on sounds ends by SIGTERM within a second, of which a busy machine is given five.
TEST_F(ServiceTest, CommandsEndAtOnceWhenTheyAreTold) {
  vendor.on("/slow", [](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nID3");
    line.wait(60s);
  });
  {
    const Service service(archive(), flags({kMore, "off"}));
    send(service, "cll_A", link("/slow"));
  }
  process::Program fetching(Words{"recordings", "fetch", "--db", archive()} + flags());
  ASSERT_TRUE(test::eventually([&] { return vendor.count("/slow") > 0; }));
  fetching.signal(SIGTERM);
  EXPECT_EQ(fetching.wait(5s).exit_code, 128 + SIGTERM);
  EXPECT_THAT(run({"recordings", "list", "--db", archive()}).out, HasSubstr("cll_A\twanted\tnext try now"));

  if (!kCanPreload) return;
  fs::create_directory(file("sounds"));
  std::ofstream(file("sounds/cll_A.wav"), std::ios::binary) << make_sound("a.wav", 600);
  test::Faults faults(file("control"), folder.path().string());
  const process::Program::Environment slow = {{"LD_PRELOAD", FAULT_SHIM},
                                              {test::kFaultsVariable, faults.control_file()}};
  const Words importing = {"recordings", "import", "--db", archive(), file("sounds")};
  const Words exporting = {"recordings", "export", "--db", archive(), file("out")};
  for (const Words& words : {importing, exporting}) {
    faults.begin({.operations = test::kRead | test::kWrite, .delay_us = 50'000});
    process::Program program(words, slow);
    ASSERT_TRUE(test::eventually([&] { return faults.injected() > 20; }));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(5s).exit_code, 128 + SIGTERM) << words[1];
    faults.end();
    EXPECT_EQ(run(importing).exit_code, 0);
  }
  EXPECT_EQ(check_kept(), 1);
}

TEST_F(ServiceTest, SlowListenersHoldNoWorker) {
  const string wav = make_sound("long.wav", 1200);  // 19 MB: more than sockets hold
  serve("/long.wav", wav);
  const Service service(archive(), fetching({"--query-threads", "1"}));
  send(service, "cll_A", link("/long.wav"), 20);
  wait_until_kept(service, "cll_A");
  vector<RawClient> listeners;
  for (int i = 0; i < 8; ++i) {
    listeners.emplace_back(service.port());
    if (i != 3) listeners.back().set_receive_buffer(4096);
    listeners.back().send(http::testing::get("/v1/calls/cll_A/recording"));
    EXPECT_NE(listeners.back().read_some(100), "");
  }
  EXPECT_EQ(service.get("/v1/calls").status, 200);
  const auto resident = [&] {
    std::istringstream lines(service.get("/metrics").body);
    for (string line; std::getline(lines, line);) {
      if (line.starts_with("process_resident_memory_bytes ")) return std::stod(line.substr(30));
    }
    return 0.0;
  };
  EXPECT_LT(resident(), 150e6);
  // One of them hears all of it in the end, whatever the others do.
  string heard;
  for (string piece; !(piece = listeners[3].read_some(1 << 20)).empty();) {
    heard += piece;
    if (heard.size() >= wav.size()) break;
  }
  EXPECT_TRUE(heard.ends_with(wav.substr(wav.size() - 100'000)));
}

TEST_F(ServiceTest, EveryKeptRowHasItsWholeFileHoweverOftenItIsKilled) {
  constexpr int kCalls = 150;
  constexpr int kKills = 50;
  vector<string> sounds;
  for (int i = 0; i < 10; ++i) sounds.push_back(make_sound("a.wav", 2 + i, 200 + 40 * i));
  std::atomic<unsigned> served = 0;
  vendor.on("/s/*", [&](const Seen& seen, Line& line) {
    // In two halves, so that many a process dies in between; each call's bytes are its own.
    string bytes = sounds[std::stoul(seen.path.substr(3)) % sounds.size()];
    bytes[100] = static_cast<char>(std::stoul(seen.path.substr(3)));
    line.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" +
              bytes.substr(0, bytes.size() / 2));
    if (line.wait(std::chrono::milliseconds(served++ % 20))) line.send(bytes.substr(bytes.size() / 2));
  });
  {
    const Service service(archive(), flags({kMore, "off"}));
    for (int i = 0; i < kCalls; ++i) send(service, "cll_" + std::to_string(i), link("/s/" + std::to_string(i)));
  }
  std::mt19937 random(7);
  Words serve = fetching({"--recordings-at-once", "4"});
  serve.insert(serve.begin(), {"serve", "--db", archive(), "--listen", "127.0.0.1:0"});
  int kept = 0;
  for (int i = 0; i < kKills; ++i) {
    process::Program program(serve, {{"CALLARCHIVE_RECORDINGS", "on"}});
    program.port();
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
    program.signal(SIGKILL);
    program.wait();
    const int now = check_kept();
    EXPECT_GE(now, kept);
    kept = now;
  }
  const Ended fetched = run([&] {
    Words words = flags();
    words.insert(words.begin(), {"recordings", "fetch", "--db", archive()});
    return words;
  }());
  EXPECT_EQ(fetched.exit_code, 0) << fetched.err;
  EXPECT_EQ(check_kept(), kCalls);
  const Ended examined = run({"doctor", "--db", archive()});
  EXPECT_EQ(examined.exit_code, 0) << examined.out;
  EXPECT_TRUE(fs::is_empty(archive() + ".media/incoming"));
}

// --- Care --------------------------------------------------------------------------------------

class CareTest : public ServiceTest {
 protected:
  CareTest() {
    serve("/a.mp3", mp3);
    serve("/b.mp3", other);
    const Service service(archive(), fetching());
    send(service, "cll_A", link("/a.mp3"));
    send(service, "cll_B", link("/b.mp3"));
    wait_until_kept(service, "cll_A");
    wait_until_kept(service, "cll_B");
  }
  string path_in(const string& base, const string& bytes) const {
    const string digest = storage::sha256_hex(bytes);
    return base + ".media/" + digest.substr(0, 2) + "/" + digest;
  }
  Words fetch(const Words& more = {}) const {
    Words words = flags(more);
    words.insert(words.begin(), {"recordings", "fetch", "--db", archive()});
    return words;
  }
  const string other = make_sound("b.mp3", 3, 880);
};

TEST_F(CareTest, ABackupCopiesEachSoundOnceAndARestoreBringsThemBack) {
  fs::create_directory(file("copies"));
  const Ended first = run({"backup", "--db", archive(), file("copies")});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("recordings: 2 copied, 0 already there"));
  std::this_thread::sleep_for(1100ms);  // the name of a copy is its second
  EXPECT_THAT(run({"backup", "--db", archive(), file("copies")}).err,
              HasSubstr("recordings: 0 copied, 2 already there"));
  EXPECT_EQ(content(path_in(file("copies/archive"), mp3)), mp3);
  string copy;
  for (const auto& entry : fs::directory_iterator(file("copies"))) {
    if (entry.path().extension() == ".db") copy = entry.path();
  }
  const Ended restored = run({"restore", "--db", file("new.db"), copy});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(content(path_in(file("new.db"), mp3)), mp3);
  EXPECT_EQ(run({"doctor", "--db", file("new.db")}).exit_code, 0);
  // A sound that no copy names any more goes with the last copy that did.
  const string unnamed = file("copies/archive.media/aa/" + string(64, 'a'));
  fs::create_directories(file("copies/archive.media/aa"));
  std::ofstream(unnamed) << "of a copy that went";
  std::this_thread::sleep_for(1100ms);
  EXPECT_EQ(run({"backup", "--db", archive(), file("copies"), "--keep", "1"}).exit_code, 0);
  EXPECT_EQ(content(path_in(file("copies/archive"), other)), other);
  EXPECT_FALSE(fs::exists(unnamed));
}

TEST_F(CareTest, ABackupToAFileHasItsSoundsBesideIt) {
  ASSERT_EQ(run({"backup", "--db", archive(), file("copy.db")}).exit_code, 0);
  EXPECT_EQ(content(path_in(file("copy.db"), mp3)), mp3);
  fs::remove(path_in(file("copy.db"), mp3));
  const Ended restored = run({"restore", "--db", file("new.db"), file("copy.db")});
  EXPECT_EQ(restored.exit_code, 1);
  EXPECT_THAT(restored.err, HasSubstr("1 recordings could not be copied"));
  EXPECT_EQ(content(path_in(file("new.db"), other)), other);
}

TEST_F(CareTest, DoctorReadsEveryFileAndTellsOrphansBothWays) {
  EXPECT_THAT(run({"doctor", "--db", archive()}).out, AllOf(HasSubstr("recordings"), HasSubstr("2 kept, 2 files")));
  std::ofstream(archive() + ".media/notes.txt") << "mine";
  EXPECT_THAT(run({"doctor", "--db", archive()}).out, HasSubstr("1 files belong to no recording"));
  std::ofstream(path_in(archive(), mp3), std::ios::in | std::ios::binary).put('X');
  const Ended damaged = run({"doctor", "--db", archive()});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.out, HasSubstr(storage::sha256_hex(mp3) + " is damaged"));
  fs::remove(path_in(archive(), other));
  EXPECT_THAT(run({"doctor", "--db", archive(), "--quick"}).out, HasSubstr(storage::sha256_hex(other) + " is missing"));
  const Ended fetched = run(fetch({"--check"}));
  EXPECT_EQ(fetched.exit_code, 0) << fetched.err;
  EXPECT_THAT(fetched.err, HasSubstr("2 kept"));
  EXPECT_EQ(run({"doctor", "--db", archive()}).exit_code, 0);
}

TEST_F(CareTest, AFileThatIsGoneIsNotServed) {
  fs::remove(path_in(archive(), mp3));
  process::Program program({"serve", "--db", archive(), "--listen", "127.0.0.1:0"});
  const int port = program.port();
  const auto status = [&](const string& id) {
    return http::testing::exchange(port, http::testing::get("/v1/calls/" + id + "/recording")).status;
  };
  EXPECT_EQ(status("cll_A"), 500);
  EXPECT_EQ(status("cll_B"), 200);
}

TEST_F(CareTest, WhatIsExportedCanBeImportedElsewhere) {
  const Ended exported = run({"recordings", "export", "--db", archive(), file("out")});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  const string name = "2026-03-02T091000Z_+14155550111_+14155550100_cll_A.mp3";
  EXPECT_EQ(content(file("out/" + name)), mp3);
  const string index = content(file("out/index.csv"));
  EXPECT_THAT(index, HasSubstr("file,call_id,started_at,direction,from_number,"));
  EXPECT_THAT(index, HasSubstr(name + ",cll_A,2026-03-02T09:10:00.000Z,"));

  // Names that somebody has planted there are not written through.
  std::ofstream(file("victim")) << "mine";
  fs::create_directory(file("shared"));
  for (const string& planted : {string("index.csv.part"), name + ".part"}) {
    fs::create_symlink(file("victim"), file("shared/" + planted));
  }
  EXPECT_EQ(run({"recordings", "export", "--db", archive(), file("shared")}).exit_code, 0);
  EXPECT_EQ(content(file("victim")), "mine");
  EXPECT_EQ(content(file("shared/" + name)), mp3);
  EXPECT_EQ(content(file("shared/index.csv")), index);

  const string elsewhere = file("elsewhere.db");
  {
    const Service service(elsewhere, flags({kMore, "off"}));
    send(service, "cll_A", link("/404"));
    send(service, "cll-B", link("/404"));
  }
  std::ofstream(file("out/holiday.mp3"), std::ios::binary) << mp3;
  std::ofstream(file("out/notes_cll-B.txt")) << "no sound";
  fs::remove(file("out/2026-03-02T091000Z_+14155550111_+14155550100_cll_B.mp3"));
  const Ended imported = run({"recordings", "import", "--db", elsewhere, file("out")});
  EXPECT_EQ(imported.exit_code, 1);
  EXPECT_THAT(imported.err, HasSubstr("1 imported, 0 already known, 2 not imported"));
  EXPECT_EQ(imported.out,
            "holiday.mp3\tno call has an id that is in its name\n"
            "notes_cll-B.txt\tneither MP3, WAV, Ogg nor FLAC\n");
  std::ofstream(file("ids.csv")) << "call_id,file\r\n\"cll_B\",holiday.mp3\r\n";
  EXPECT_THAT(run({"recordings", "import", "--db", elsewhere, file("out"), "--index", file("ids.csv")}).err,
              HasSubstr("1 imported, 2 already known, 0 not imported"));
  EXPECT_THAT(run({"recordings", "status", "--db", elsewhere}).out, HasSubstr("kept\t2\n"));
  EXPECT_EQ(run({"doctor", "--db", elsewhere}).exit_code, 0);
}

// The service holds the archive: it does the work, and the command waits for it.
TEST_F(CareTest, FetchesThroughTheServiceThatRuns) {
  fs::remove(path_in(archive(), mp3));
  std::ofstream(path_in(archive(), other), std::ios::in | std::ios::binary).put('X');
  {
    const Service service(archive(), flags({kMore, "off"}));
    send(service, "cll_C", link("/404"));
    const Ended refused = run(fetch());
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("does not fetch recordings"));
  }
  vendor.on("/slow", [](const Seen&, Line& line) { line.wait(60s); });
  const Service service(archive(), fetching({"--recordings-at-once", "3"}));
  wait_for([&] { return recording_of(service, "cll_C")["state"] == "gone"; });
  const Ended found = run(fetch({"--check", "--vendor-key", "of-no-use"}));
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(found.err, HasSubstr("2 kept, 0 denied, 1 gone, 0 failed"));
  EXPECT_EQ(check_kept(), 2);
  EXPECT_EQ(vendor.count("/404"), 2);
  EXPECT_THAT(run(fetch({"--since", "2026-03-03"})).err, HasSubstr("0 kept, 0 denied, 0 gone"));
  EXPECT_EQ(vendor.count("/404"), 2);
  // Although the service is in the middle of others.
  send(service, "cll_D", link("/slow"));
  send(service, "cll_E", link("/slow"));
  wait_for([&] { return vendor.count("/slow") == 2; });
  serve("/404", mp3);
  process::Program waiting(fetch());
  wait_until_kept(service, "cll_C");
  waiting.signal(SIGTERM);
  EXPECT_EQ(waiting.wait(5s).exit_code, 128 + SIGTERM);
}

TEST_F(CareTest, ARebuildLeavesThem) {
  ASSERT_EQ(run({"rebuild", "--db", archive()}).exit_code, 0);
  EXPECT_EQ(check_kept(), 2);
  EXPECT_EQ(run({"doctor", "--db", archive()}).exit_code, 0);
}

TEST_F(CareTest, FetchesWhatIsMissingOfATime) {
  {
    const Service service(archive(), flags({kMore, "off"}));
    send(service, "cll_C", link("/a.mp3"));
  }
  EXPECT_THAT(run(fetch({"--since", "2026-03-03"})).err, HasSubstr("1 kept"));  // it was due anyway
  EXPECT_EQ(check_kept(), 3);
  EXPECT_EQ(run(fetch({"--since", "soon"})).exit_code, 2);
}

}  // namespace
}  // namespace callarchive::recordings::testing
