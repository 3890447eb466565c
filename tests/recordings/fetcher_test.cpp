#include "server/recordings/fetcher.h"

#include "server/clock.h"
#include "storage/care/rebuild.h"
#include "storage/sqlite/digest.h"
#include "tests/recordings/fake_vendor.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace callarchive::recordings::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kKey = "key-of-the-vendor";

// An archive, a vendor, and a fetcher between them whose clock the test moves.
class FetcherTest : public ::testing::Test {
 protected:
  FetcherTest() {
    options.download = vendor.rules();
    options.now = [this] { return now.load(); };
  }

  string link(const string& path) const { return vendor.url("media.vendor.test", path); }
  void call(const string& id, const optional<string>& url, double minutes = 3.0 / 60) {
    CallCompleted said;
    said.id = id;
    said.started_at = 1'700'000'000'000;
    said.recording_url = url;
    said.length_in_minutes = minutes;
    archive.tell(said);
  }
  void serve(const string& path, const string& bytes, const string& headers = "") {
    vendor.on(path, [=](const Seen&, Line& line) { line.answer(200, bytes, headers); });
  }
  // Has the vendor's own route hand out such a link.
  void hand_out(const string& id, const string& path) {
    const string body = R"({"data":{"url":")" + link(path) + R"(","expires_at":"2030-01-01T00:00:00Z"}})";
    vendor.on(route(id), [=](const Seen&, Line& line) { line.answer(200, body); });
  }
  static string route(const string& id) { return "/v2/api/conversations/items/" + id + "/recording"; }

  void work() {
    Fetcher fetcher(archive.archive(), store, options);
    fetcher.work_off();
  }
  Recording recording(const string& id) { return archive.reader().find_recording(id).value(); }
  // "kept", or the state and the reason.
  string outcome(const string& id) {
    const auto found = recording(id);
    return to_text(found.state) + (found.reason ? ": " + *found.reason : "");
  }
  string kept_bytes(const string& id) {
    const auto found = recording(id);
    if (!found.sound) return "nothing";
    std::ifstream file(store.path_of(found.sound->sha256), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int files_in_store() const {
    int count = 0;
    store.for_files([&](const string&, std::int64_t) { ++count; }, [](const string&) {});
    return count;
  }
  int unfinished() const {
    std::error_code missing;
    return static_cast<int>(
        std::distance(fs::directory_iterator(store.folder() + "/incoming", missing), fs::directory_iterator()));
  }

  std::atomic<Millis> now = callarchive::now();
  FakeVendor vendor;
  test::TemporaryArchive archive;
  MediaStore store{archive.path()};
  FetcherOptions options;
  const string mp3 = make_sound("a.mp3", 3);
};

TEST_F(FetcherTest, KeepsTheSoundOfALink) {
  serve("/a.mp3", mp3);
  call("cll_A", link("/a.mp3"));
  EXPECT_EQ(outcome("cll_A"), "wanted");
  work();
  EXPECT_EQ(outcome("cll_A"), "kept");
  EXPECT_EQ(kept_bytes("cll-A"), mp3);
  const auto kept = recording("cll-A");
  EXPECT_EQ(kept.origin, "link");
  EXPECT_EQ(kept.sound->type, "audio/mpeg");
  EXPECT_EQ(kept.sound->bytes, static_cast<std::int64_t>(mp3.size()));
  EXPECT_NEAR(static_cast<double>(kept.sound->duration_ms), 3000, 200);
  EXPECT_EQ(archive.reader().find_peaks(kept.sound->sha256)->size(), 512u);
  EXPECT_EQ(unfinished(), 0);
}

TEST_F(FetcherTest, AsksTheVendorForAFreshLinkForEachTry) {
  options.download.vendor_key = kKey;
  std::atomic<int> asked = 0;
  vendor.on(route("cll-A"), [&](const Seen&, Line& line) {
    line.answer(200, R"({"url":")" + link("/fresh-" + std::to_string(++asked)) + R"("})");
  });
  vendor.on("/fresh-1", [](const Seen&, Line& line) { line.answer(500, "busy"); });
  serve("/fresh-2", mp3);
  call("cll_A", {link("/expired.mp3")});
  work();
  EXPECT_EQ(recording("cll-A").state, RecordingState::failed);
  now += 10 * 60'000;
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
  EXPECT_EQ(recording("cll-A").origin, "vendor");
  for (const auto& seen : vendor.seen()) {
    const bool to_vendor = seen.host == "api.vendor.test";
    EXPECT_EQ(seen.header("authorization"), to_vendor ? kKey : "") << seen.host << seen.path;
  }
}

TEST_F(FetcherTest, TellsTheKeyToTheVendorAloneAndNeverAlongARedirect) {
  options.download.vendor_key = kKey;
  const string api = vendor.url("api.vendor.test", "");
  vendor.on("/v1/assets/direct.mp3",
            [&](const Seen& seen, Line& line) { line.answer(seen.header("authorization") == kKey ? 200 : 401, mp3); });
  vendor.on("/v1/assets/away.mp3",
            [&](const Seen&, Line& line) { line.answer(302, "", "Location: " + link("/elsewhere.mp3") + "\r\n"); });
  vendor.on("/back.mp3",
            [&](const Seen&, Line& line) { line.answer(302, "", "Location: " + api + "/v1/assets/back.mp3\r\n"); });
  serve("/elsewhere.mp3", mp3);
  serve("/v1/assets/back.mp3", mp3);
  serve("/other", mp3);
  call("old-1", api + "/v1/assets/direct.mp3");
  call("old-2", api + "/v1/assets/away.mp3");
  call("old-3", link("/back.mp3"));
  call("old-4", api + "/other");
  call("old-5", link("/v1/assets/back.mp3"));
  work();
  for (const char* id : {"old-1", "old-2", "old-3", "old-4", "old-5"}) EXPECT_EQ(outcome(id), "kept") << id;
  const std::set<string> kTold = {"/v1/assets/direct.mp3", "/v1/assets/away.mp3"};
  for (const auto& seen : vendor.seen()) {
    const bool is_told = seen.header("authorization") == kKey;
    EXPECT_EQ(is_told, seen.host == "api.vendor.test" && kTold.contains(seen.path)) << seen.host << seen.path;
  }
}

TEST_F(FetcherTest, SaysWhyThereIsNoSound) {
  vendor.on("/slow-start", [](const Seen&, Line& line) { line.wait(5s); });
  vendor.on("/drip", [&](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (line.wait(100ms) && line.send("x")) {}
  });
  vendor.on("/cut", [&](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(mp3.size()) + "\r\n\r\n" +
              mp3.substr(0, mp3.size() / 2));
  });
  vendor.on("/chunk-cut", [&](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + mp3.substr(0, 500));
  });
  vendor.on("/too-long",
            [](const Seen&, Line& line) { line.send("HTTP/1.1 200 OK\r\nContent-Length: 629145600\r\n\r\nID3"); });
  vendor.on("/endless", [&](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\n\r\n");
    while (line.send(string(64 << 10, 'x'))) {}
  });
  vendor.on("/circle", [&](const Seen&, Line& line) { line.answer(302, "", "Location: /circle\r\n"); });
  vendor.on("/part", [&](const Seen&, Line& line) { line.answer(206, mp3, "Content-Range: bytes 0-9/10\r\n"); });
  vendor.on("/plain",
            [&](const Seen&, Line& line) { line.answer(301, "", "Location: http://media.vendor.test/a.mp3\r\n"); });
  vendor.on("/garbage", [](const Seen&, Line& line) { line.send("not HTTP at all\r\n\r\n"); });
  for (const auto& [path, status] :
       {std::pair("/403", 403), {"/404", 404}, {"/410", 410}, {"/500", 500}, {"/401", 401}}) {
    vendor.on(path, [status = status](const Seen&, Line& line) { line.answer(status, "no"); });
  }
  serve("/page", "<!doctype html><title>Sign in</title>", "Content-Type: audio/mpeg\r\n");
  serve("/json", R"({"error":"expired"})");
  serve("/empty", "");
  serve("/noise", string(5000, 'n'));
  const struct {
    const char* path;
    const char* outcome;
  } kRows[] = {
      {"/403", "denied: media.vendor.test:PORT answers 403"},
      {"/401", "denied: media.vendor.test:PORT answers 401"},
      {"/404", "gone: media.vendor.test:PORT answers 404"},
      {"/410", "gone: media.vendor.test:PORT answers 410"},
      {"/500", "failed: media.vendor.test:PORT answers 500"},
      {"/part", "failed: media.vendor.test:PORT answers 206"},
      {"/page", "failed: a web page or XML instead of sound"},
      {"/json", "failed: JSON instead of sound"},
      {"/empty", "failed: no bytes"},
      {"/noise", "failed: neither MP3, WAV, Ogg nor FLAC"},
      {"/cut", "failed: media.vendor.test:PORT: the answer was cut off"},
      {"/chunk-cut", "failed: media.vendor.test:PORT: "},
      {"/too-long", "failed: media.vendor.test:PORT: it has more than 1000000 bytes, which is the limit"},
      {"/endless", "failed: media.vendor.test:PORT: more than 1000000 bytes came, which is the limit"},
      {"/slow-start", "failed: media.vendor.test:PORT: no byte of an answer came in time"},
      {"/drip", "failed: media.vendor.test:PORT: it came more slowly than it may"},
      {"/circle", "failed: more than 5 redirects"},
      {"/plain", "failed: the link is not https"},
      {"/garbage", "failed: media.vendor.test:PORT: "},
  };
  options.at_once = 8;
  options.download.transfer.max_bytes = 1'000'000;
  options.download.transfer.first_byte = 1500ms;
  options.download.transfer.least_speed_for = 2s;
  int n = 0;
  for (const auto& row : kRows) call("call-" + std::to_string(n++), link(string(row.path) + "?signature=hush"));
  work();
  n = 0;
  for (const auto& row : kRows) {
    const string id = "call-" + std::to_string(n++);
    string expected = row.outcome;
    if (const auto place = expected.find("PORT"); place != string::npos) {
      expected.replace(place, 4, std::to_string(vendor.port()));
    }
    EXPECT_THAT(outcome(id), AllOf(::testing::StartsWith(expected), Not(HasSubstr("hush")))) << row.path;
    EXPECT_TRUE(recording(id).next_try_at) << row.path;
    EXPECT_EQ(recording(id).tries, 1) << row.path;
  }
  EXPECT_EQ(files_in_store(), 0);
  EXPECT_EQ(unfinished(), 0);
}

// Quick enough at each moment, and without an end: the whole has a limit too.
TEST_F(FetcherTest, EndsWhatTakesTooLongAltogether) {
  EXPECT_EQ(options.download.whole, std::chrono::minutes(10));
  options.download.whole = 1500ms;
  vendor.on("/endless", [](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\nContent-Length: 400000000\r\n\r\n");
    while (line.send(string(20'000, 'x')) && line.wait(20ms)) {}
  });
  call("cll-A", link("/endless"));
  work();
  EXPECT_THAT(outcome("cll-A"), AllOf(::testing::StartsWith("failed: "), HasSubstr("it exceeded its time limit")));
  EXPECT_EQ(unfinished(), 0);
}

// Each way into a private network. The names are allowed, or the address is: what counts is where they lead.
TEST_F(FetcherTest, ConnectsToNoAddressThatIsNotAllowed) {
  options.download.transfer.allow_loopback = false;
  auto& rules = options.download.transfer;
  const string port = ":" + std::to_string(vendor.port());
  rules.hosts = {"*.vendor.test" + port, "*.trap.test", "127.0.0.1" + port, "[::ffff:127.0.0.1]" + port,
                 "0.0.0.0" + port};
  rules.resolve.push_back("metadata.trap.test:443:169.254.169.254");
  rules.resolve.push_back("inner.trap.test:443:10.0.0.7");
  rules.resolve.push_back("mapped.trap.test:443:[::ffff:192.168.0.1]");
  rules.resolve.push_back("nat64.trap.test:443:[64:ff9b::a9fe:a9fe]");
  rules.resolve.push_back("both.trap.test:443:10.0.0.7,169.254.169.254");
  const struct {
    string url;
    const char* reason;
  } kRows[] = {
      {link("/a.mp3"), "its address is this machine"},
      {"https://127.0.0.1" + port + "/a.mp3", "its address is this machine"},
      {"https://2130706433" + port + "/a.mp3", "its address is this machine"},  // libcurl reads it as 127.0.0.1
      {"https://0x7f.1" + port + "/a.mp3", "its address is this machine"},
      {"https://[::ffff:127.0.0.1]" + port + "/a.mp3", "its address is this machine"},
      {"https://0.0.0.0" + port + "/a.mp3", "nothing is fetched from"},
      {"https://metadata.trap.test/latest", "nothing is fetched from"},
      {"https://nat64.trap.test/", "nothing is fetched from"},
      {"https://inner.trap.test/", "private network"},
      {"https://mapped.trap.test/", "private network"},
      {"https://both.trap.test/", "its address"},
      {"https://other.test" + port + "/a.mp3", "is not a host that recordings are fetched from"},
      {"https://10.0.0.7/a.mp3", "is not a host"},
      {"http://media.vendor.test" + port + "/a.mp3", "not https"},
      {"file:///etc/passwd", "not"},
  };
  int n = 0;
  for (const auto& row : kRows) call("call-" + std::to_string(n++), row.url);
  work();
  n = 0;
  for (const auto& row : kRows) {
    const string id = "call-" + std::to_string(n++);
    EXPECT_EQ(recording(id).state, RecordingState::failed) << row.url;
    EXPECT_THAT(recording(id).reason.value_or(""), HasSubstr(row.reason)) << row.url;
  }
  EXPECT_TRUE(vendor.seen().empty());
}

TEST_F(FetcherTest, JudgesEachRedirectLikeTheFirstAddress) {
  auto& rules = options.download.transfer;
  rules.hosts.push_back("*.trap.test");
  rules.resolve.push_back("metadata.trap.test:443:169.254.169.254");
  rules.resolve.push_back("inner.trap.test:443:10.0.0.7");
  rules.resolve.push_back("mapped.trap.test:443:[::ffff:10.0.0.7]");
  const string port = ":" + std::to_string(vendor.port());
  const struct {
    string to;
    const char* reason;
  } kRows[] = {
      {"https://metadata.trap.test/latest", "nothing is fetched from"},
      {"https://inner.trap.test/", "private network"},
      {"https://mapped.trap.test/", "private network"},
      {"https://10.0.0.7/", "is not a host"},
      {"https://167772167/", "is not a host"},
      {"https://[::ffff:10.0.0.7]/", "is not a host"},
      {"https://other.test" + port + "/", "is not a host"},
      {"http://media.vendor.test" + port + "/a.mp3", "not https"},
      {"file:///etc/passwd", "not"},
  };
  int n = 0;
  for (const auto& row : kRows) {
    const string path = "/" + std::to_string(n);
    vendor.on(path, [to = row.to](const Seen&, Line& line) {
      line.answer(302, "<p>over there</p>", "Location: " + to + "\r\n");
    });
    call("call-" + std::to_string(n++), link(path));
  }
  work();
  n = 0;
  for (const auto& row : kRows) {
    const string id = "call-" + std::to_string(n++);
    EXPECT_EQ(recording(id).state, RecordingState::failed) << row.to;
    EXPECT_THAT(recording(id).reason.value_or(""), HasSubstr(row.reason)) << row.to;
  }
  EXPECT_EQ(vendor.seen().size(), std::size(kRows));
}

TEST_F(FetcherTest, FollowsARedirectWithinTheAllowedHosts) {
  vendor.on("/start", [](const Seen&, Line& line) { line.answer(307, "", "Location: ../there/a.mp3\r\n"); });
  serve("/there/a.mp3", mp3);
  call("cll-A", link("/start"));
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
}

TEST_F(FetcherTest, TrustsNoCertificateOfSomebodyElse) {
  options.download.transfer.ca_file = {};
  serve("/a.mp3", mp3);
  call("cll-A", link("/a.mp3"));
  work();
  EXPECT_THAT(outcome("cll-A"), ::testing::StartsWith("failed: media.vendor.test"));
  EXPECT_TRUE(vendor.seen().empty());
}

TEST_F(FetcherTest, LeavesABusyVendorAloneForAsLongAsItSays) {
  options.download.vendor_key = kKey;
  options.at_once = 1;
  vendor.on("/v2/*", [](const Seen&, Line& line) { line.answer(429, "{}", "Retry-After: 120\r\n"); });
  call("cll-A", {});
  for (const char* id : {"cll-A", "cll-B", "cll-C"}) call(id, link("/x"));
  work();
  EXPECT_EQ(vendor.seen().size(), 1u);
  EXPECT_GE(*recording("cll-A").next_try_at, now + 120'000);
  EXPECT_EQ(recording("cll-B").tries, 0);
  now += 119'000;
  work();  // a new fetcher has not heard of it, and asks once
  EXPECT_EQ(vendor.seen().size(), 2u);
}

TEST_F(FetcherTest, TakesTheLinkOfTheEventWhereTheVendorHasNone) {
  options.download.vendor_key = kKey;
  serve("/a.mp3", mp3);
  vendor.on("/v2/*", [](const Seen&, Line& line) { line.answer(404, R"({"code":"NOT_FOUND"})"); });
  call("cll-A", link("/a.mp3"));
  call("cll-B", link("/404"));
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
  EXPECT_EQ(outcome("cll-B"), "gone: the vendor answers 404 NOT_FOUND");
}

TEST_F(FetcherTest, NamesTheVendorsReason) {
  options.download.vendor_key = kKey;
  vendor.on("/v2/*", [](const Seen&, Line& line) {
    line.answer(403, R"({"error":{"code":"RECORDING_ACCESS_DENIED","message":"ask the owner of +33612345678"}})");
  });
  call("cll-A", link("/404"));
  work();
  EXPECT_EQ(outcome("cll-A"), "denied: the vendor answers 403 RECORDING_ACCESS_DENIED");
}

TEST_F(FetcherTest, AsksOnlyForIdsThatCannotLeaveThePath) {
  options.download.vendor_key = kKey;
  serve("/a.mp3", mp3);
  for (const char* id : {"cll-A/../../me", "cll-A?x=1", "cll-A B", "call_A", "cll-A\r\nX: y"}) call(id, link("/a.mp3"));
  work();
  for (const auto& seen : vendor.seen()) EXPECT_EQ(seen.path, "/a.mp3");
  EXPECT_EQ(vendor.seen().size(), 5u);
}

TEST_F(FetcherTest, KeepsOneFileForTheSameSoundOfTwoCalls) {
  serve("/a.mp3", mp3);
  serve("/b.mp3", mp3);
  call("cll-A", link("/a.mp3"));
  call("cll-B", link("/b.mp3"));
  work();
  EXPECT_EQ(recording("cll-A").sound, recording("cll-B").sound);
  EXPECT_EQ(files_in_store(), 1);
}

TEST_F(FetcherTest, TellsWhenTheSoundIsOfAnotherLengthThanTheCall) {
  serve("/a.mp3", make_sound("a.mp3", 10));
  const struct {
    const char* id;
    double seconds;
    bool odd;
  } kRows[] = {
      {"cll-1", 10, false}, {"cll-2", 12, false}, {"cll-3", 13, true}, {"cll-4", 60, true}, {"cll-5", 7, true}};
  for (const auto& row : kRows) call(row.id, link("/a.mp3"), row.seconds / 60);
  work();
  for (const auto& row : kRows) {
    EXPECT_EQ(recording(row.id).state, RecordingState::kept) << row.id;
    EXPECT_EQ(recording(row.id).reason.has_value(), row.odd) << row.id;
  }
  EXPECT_EQ(outcome("cll-4"), "kept: the sound has 10 seconds, the call 60");
}

TEST_F(FetcherTest, ComesBackAfterARestartOfTheProgram) {
  vendor.on("/a.mp3", [](const Seen&, Line& line) { line.answer(503, "", "Retry-After: 1\r\n"); });
  call("cll-A", link("/a.mp3"));
  work();
  const auto failed = recording("cll-A");
  EXPECT_EQ(failed.state, RecordingState::failed);
  archive.reopen();
  EXPECT_EQ(recording("cll-A").next_try_at, failed.next_try_at);
  work();
  EXPECT_EQ(vendor.count("/a.mp3"), 1);  // it is not due yet
  serve("/a.mp3", mp3);
  now = *failed.next_try_at;
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
}

TEST_F(FetcherTest, TriesANewLinkAtOnceAndAnOldOneNotAgain) {
  call("cll-A", link("/404"));
  work();
  EXPECT_EQ(recording("cll-A").state, RecordingState::gone);
  archive.tell(TagChanged{"cll-A", "vip", true});  // makes the call's row again
  EXPECT_EQ(recording("cll-A").state, RecordingState::gone);
  EXPECT_EQ(recording("cll-A").tries, 1);
  serve("/a.mp3", mp3);
  call("cll-A", link("/a.mp3"));
  EXPECT_EQ(outcome("cll-A"), "wanted");
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
  call("cll-A", link("/404"));
  EXPECT_EQ(outcome("cll-A"), "kept");
}

TEST_F(FetcherTest, GivesUpOnTheThirdDayUntilSomebodyAsks) {
  call("cll-A", link("/404"));
  for (int i = 0; i < 60 && recording("cll-A").next_try_at; ++i) {
    now = std::max<Millis>(now, *recording("cll-A").next_try_at);
    work();
  }
  EXPECT_FALSE(recording("cll-A").next_try_at);
  EXPECT_EQ(recording("cll-A").state, RecordingState::gone);
  EXPECT_LE(vendor.count("/404"), 9);
  serve("/404", mp3);
  EXPECT_EQ(archive.archive().change_recordings(RecordingsWanted{.since = 1'700'000'000'001}), 0);
  EXPECT_EQ(archive.archive().change_recordings(RecordingsWanted{.since = 1'700'000'000'000}), 1);
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
}

TEST_F(FetcherTest, IsNotMadeAnewByARebuild) {
  serve("/a.mp3", mp3);
  call("cll-A", link("/a.mp3"));
  call("cll-B", link("/404"));
  work();
  const auto rows = [&] {
    return archive.ask("SELECT group_concat(hex(sha256) || bytes || type || duration_ms || hex(peaks)) FROM sounds") +
           archive.ask(
               "SELECT group_concat(call_key || position || state || coalesce(reason, '-') || link || tries ||"
               " coalesce(last_try_at, '-') || coalesce(next_try_at, '-') || refused_days ||"
               " coalesce(refused_on, '-') || coalesce(hex(sha256), '-') || coalesce(origin, '-') ||"
               " coalesce(kept_at, '-')) FROM recordings");
  };
  const string before = rows();
  archive.close();
  rebuild(archive.options(), archive.decoder(), [](const auto&) {});
  EXPECT_EQ(rows(), before);
  EXPECT_THAT(before, AllOf(HasSubstr("cll-A0kept"), HasSubstr("cll-B0gone")));
  EXPECT_EQ(check_rebuild(archive.options(), archive.decoder(), [](const auto&) {}).difference_count, 0);
}

// --- Going on where it broke off ---------------------------------------------------------------

class ResumeTest : public FetcherTest {
 protected:
  ResumeTest() { options.download.resume_from = 100'000; }

  // A long sound, cut after half of it at the first request; later ones are answered by `then`.
  void cut_first(const string& etag, FakeVendor::Answer then) {
    vendor.on("/long.wav", [this, etag, then = std::move(then)](const Seen& seen, Line& line) {
      if (requests++ > 0) return then(seen, line);
      line.send("HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: " + std::to_string(wav.size()) + "\r\n" +
                (etag.empty() ? "" : "ETag: " + etag + "\r\n") + "\r\n" + wav.substr(0, wav.size() / 2));
    });
    call("cll-L", link("/long.wav?signature=1"), 20.0 / 60);
  }
  void try_again() {
    work();
    EXPECT_EQ(recording("cll-L").state, RecordingState::failed);
    now += 10 * 60'000;
    call("cll-L", link("/long.wav?signature=2"), 20.0 / 60);  // another link: it is the same sound all the same
    work();
  }
  void answer_range(const Seen& seen, Line& line, const string& bytes, const string& etag) const {
    const auto begin = static_cast<std::size_t>(std::stoul(seen.header("range").substr(6)));
    line.answer(206, bytes.substr(begin),
                "ETag: " + etag + "\r\nContent-Range: bytes " + std::to_string(begin) + "-" +
                    std::to_string(bytes.size() - 1) + "/" + std::to_string(bytes.size()) + "\r\n");
  }

  void expect_to_begin_anew(const string& etag) {
    cut_first(etag, [this](const Seen& seen, Line& line) {
      EXPECT_EQ(seen.header("range"), "");
      EXPECT_EQ(seen.header("if-range"), "");
      line.answer(200, wav);
    });
    try_again();
    EXPECT_EQ(kept_bytes("cll-L"), wav);
    EXPECT_EQ(unfinished(), 0);
  }

  std::atomic<int> requests = 0;
  const string wav = make_sound("long.wav", 20);
};

TEST_F(ResumeTest, GoesOnWithTheSameSoundByAnotherLink) {
  cut_first("\"v1\"", [this](const Seen& seen, Line& line) { answer_range(seen, line, wav, "\"v1\""); });
  try_again();
  EXPECT_EQ(outcome("cll-L"), "kept");
  EXPECT_EQ(kept_bytes("cll-L"), wav);
  const auto second = vendor.seen().at(1);
  const auto begin = std::stoul(second.header("range").substr(6));
  EXPECT_GT(begin, 100'000u);
  EXPECT_LE(begin, wav.size() / 2);
  EXPECT_EQ(second.header("if-range"), "\"v1\"");
  EXPECT_EQ(vendor.seen().size(), 2u);
  EXPECT_EQ(unfinished(), 0);
}

TEST_F(ResumeTest, BeginsAnewWhenTheSoundHasChanged) {
  const string other = make_sound("other.wav", 20, 880);
  const struct {
    const char* what;
    FakeVendor::Answer then;
  } kRows[] = {
      {"all of it instead of the rest", [&](const Seen&, Line& line) { line.answer(200, other, "ETag: \"v2\"\r\n"); }},
      {"the rest of something else",
       [&](const Seen& seen, Line& line) {
         if (seen.header("range").empty()) return line.answer(200, other, "ETag: \"v2\"\r\n");
         answer_range(seen, line, other, "\"v2\"");
       }},
      {"no such range",
       [&](const Seen& seen, Line& line) {
         if (seen.header("range").empty()) return line.answer(200, other);
         line.answer(416, "", "Content-Range: bytes */5\r\n");
       }},
      {"another range than was asked for",
       [&](const Seen& seen, Line& line) {
         if (seen.header("range").empty()) return line.answer(200, other);
         line.answer(206, other.substr(10),
                     "Content-Range: bytes 10-" + std::to_string(other.size() - 1) + "/" +
                         std::to_string(other.size()) + "\r\n");
       }},
  };
  int n = 0;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    requests = 0;
    const string id = "cll-" + std::to_string(n), path = "/" + std::to_string(n++);
    vendor.on(path, [&](const Seen& seen, Line& line) {
      if (requests++ > 0) return row.then(seen, line);
      line.send("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: " + std::to_string(wav.size()) + "\r\n\r\n" +
                wav.substr(0, wav.size() / 2));
    });
    call(id, link(path), 20.0 / 60);
    work();
    EXPECT_EQ(recording(id).state, RecordingState::failed);
    now += 10 * 60'000;
    work();
    EXPECT_EQ(kept_bytes(id), other);
  }
}

TEST_F(ResumeTest, GoesOnWithNothingThatHasNoTag) { expect_to_begin_anew(""); }

// Two sounds with the same weak tag need not have the same bytes.
TEST_F(ResumeTest, NorWithAWeakOne) { expect_to_begin_anew("W/\"v1\""); }

TEST_F(ResumeTest, DoesNotDependOnAFileThatIsGone) {
  cut_first("\"v1\"", [this](const Seen& seen, Line& line) {
    EXPECT_EQ(seen.header("range"), "");
    line.answer(200, wav);
  });
  work();
  EXPECT_EQ(unfinished(), 1);
  fs::remove_all(store.folder());
  now += 10 * 60'000;
  work();
  EXPECT_EQ(kept_bytes("cll-L"), wav);
}

// --- Many, and trouble -------------------------------------------------------------------------

TEST_F(FetcherTest, KeepsAThousandOfAThousandWhoseLinksLiveAMinute) {
  constexpr int kCalls = 1000;
  options.download.vendor_key = kKey;
  // Each link carries the moment at which it expires, by the clock that the test moves. Every seventh request fails.
  std::atomic<int> requests = 0;
  vendor.on("/v2/*", [&](const Seen& seen, Line& line) {
    if (requests++ % 7 == 0) return line.answer(500, "{}");
    const string id = seen.path.substr(28, seen.path.rfind('/') - 28);
    line.answer(200, R"({"url":")" + link("/s/" + id + "?until=" + std::to_string(now + 60'000)) + R"("})");
  });
  std::vector<string> sounds;
  for (int i = 0; i < 5; ++i) sounds.push_back(make_sound("a.mp3", 1 + i * 0.1, 300 + 50 * i));
  vendor.on("/s/*", [&](const Seen& seen, Line& line) {
    const auto until = std::stoll(seen.path.substr(seen.path.find('=') + 1));
    if (now > until) return line.answer(403, "expired");
    line.answer(200, sounds[static_cast<std::size_t>(requests++) % sounds.size()]);
  });
  options.at_once = 4;
  {
    Fetcher fetcher(archive.archive(), store, options);
    fetcher.start();
    for (int i = 0; i < kCalls; ++i) {
      call("cll-" + std::to_string(i), link("/expired"), 1.0 / 60);
      if (i % 20 == 0) fetcher.wake();
      if (i % 100 == 0) now += 61'000;
    }
    const auto kept = [&] {
      return archive.reader().count_recordings().states[static_cast<std::size_t>(RecordingState::kept)].count;
    };
    for (int i = 0; i < 12'000 && kept() < kCalls; ++i) {
      std::this_thread::sleep_for(10ms);
      if (fetcher.metrics().under_way > 0 && i % 20 != 0) continue;
      now += 61'000;
      fetcher.wake();
    }
    EXPECT_EQ(kept(), kCalls);
    EXPECT_EQ(fetcher.metrics().kept, static_cast<std::uint64_t>(kCalls));
  }
  for (int i = 0; i < kCalls; ++i) {
    const auto found = recording("cll-" + std::to_string(i));
    ASSERT_TRUE(found.sound) << i;
    EXPECT_EQ(storage::sha256_hex(kept_bytes("cll-" + std::to_string(i))), found.sound->sha256) << i;
  }
  EXPECT_EQ(files_in_store(), 5);
}

TEST_F(FetcherTest, BreaksOffAtOnceWhenTheProgramEnds) {
  vendor.on("/slow", [](const Seen&, Line& line) {
    line.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nID3");
    line.wait(30s);
  });
  call("cll-A", link("/slow"));
  const auto begin = std::chrono::steady_clock::now();
  {
    Fetcher fetcher(archive.archive(), store, options);
    fetcher.start();
    while (vendor.count("/slow") == 0) std::this_thread::sleep_for(5ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(outcome("cll-A"), "wanted");
  EXPECT_EQ(recording("cll-A").tries, 0);
  EXPECT_EQ(unfinished(), 0);
}

TEST_F(FetcherTest, FailsWhenTheDiskHasNoRoomAndHealsWhenItHas) {
  serve("/a.mp3", mp3);
  call("cll-A", link("/a.mp3"));
  {
    MediaStore full(archive.path(), std::int64_t{1} << 60);
    Fetcher(archive.archive(), full, options).work_off();
  }
  EXPECT_THAT(outcome("cll-A"),
              AllOf(::testing::StartsWith("failed: the disk has"), HasSubstr("reserved for deliveries")));
  EXPECT_EQ(vendor.seen().size(), 0u);
  now += 2 * 60'000;
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
}

TEST_F(FetcherTest, FailsWhereTheFolderCannotBeMade) {
  std::ofstream(store.folder()) << "in the way";
  serve("/a.mp3", mp3);
  call("cll-A", link("/a.mp3"));
  work();
  EXPECT_THAT(outcome("cll-A"), ::testing::StartsWith("failed: cannot make"));
  fs::remove(store.folder());
  now += 2 * 60'000;
  work();
  EXPECT_EQ(outcome("cll-A"), "kept");
}

}  // namespace
}  // namespace callarchive::recordings::testing
