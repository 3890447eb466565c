#include "server/ingest/transcript_text.h"

#include "server/ingest/decode.h"
#include "tests/ingest/event_text.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

namespace callarchive {
namespace {

// "SOURCE|text" for each entry; without a source "text".
vector<string> shown(const vector<TranscriptEntry>& entries) {
  vector<string> lines;
  for (const TranscriptEntry& entry : entries) {
    EXPECT_EQ(entry.position, static_cast<std::int64_t>(lines.size()));
    lines.push_back((entry.source ? *entry.source + '|' : "") + entry.text);
  }
  return lines;
}

TEST(TranscriptText, HasAnEntryForEachLineOfASpeakerElseOne) {
  const std::pair<const char*, vector<string>> rows[] = {
      {"AGENT: Hello.\nEXTERNAL: I want a refund.", {"AGENT|Hello.", "EXTERNAL|I want a refund."}},
      {"AGENT: Hello.\r\n\r\nUSER: Yes?\r\n", {"AGENT|Hello.", "USER|Yes?"}},
      {"Agent: Hello.\nuser: Yes?", {"AGENT|Hello.", "USER|Yes?"}},
      {"BOT_2: Hello.\nUSER: Yes?", {"BOT_2|Hello.", "USER|Yes?"}},
      {"AGENT: Hello.", {"AGENT|Hello."}},
      {"AGENT: Hello,\nhow are you?\nUSER: Well.", {"AGENT|Hello,\nhow are you?", "USER|Well."}},
      {"AGENT:\nHello.", {"AGENT|Hello."}},
      {"It rings.\nAGENT: Hello.", {"It rings.", "AGENT|Hello."}},
      {"AGENT: Hello. EXTERNAL: I want a refund.", {"AGENT: Hello. EXTERNAL: I want a refund."}},
      {"Bonjour. Je rappelle jeudi.", {"Bonjour. Je rappelle jeudi."}},
      {"Bonjour.\nJe rappelle jeudi.", {"Bonjour.\nJe rappelle jeudi."}},
      {"Note: the door.\nhttp://example.org", {"Note: the door.\nhttp://example.org"}},
      {"AGENT:Hello", {"AGENT:Hello"}},
      {"A: x", {"A: x"}},
      {"", {}},
      {" \n ", {}},
  };
  for (const auto& [text, entries] : rows) EXPECT_EQ(shown(ingest::entries_of_text(text)), entries) << text;
}

CallCompleted call_of(const string& members) {
  Delivery delivery{.body = R"({"topic":"CALL_RECEIVED","data":{"id":"c1",)" + members + "}}"};
  return std::get<CallCompleted>(decode(delivery));
}

TEST(TranscriptText, OfACallIsReadWhereThereAreNoEntries) {
  const struct {
    const char* members;
    vector<string> entries;
    bool is_from_text;
    optional<string> concatenated;
  } rows[] = {
      {R"("concatenated_transcript":"AGENT: a\nUSER: b")", {"AGENT|a", "USER|b"}, true, "AGENT: a\nUSER: b"},
      {R"("concatenated_transcript":"a","transcriptions":[])", {"a"}, true, "a"},
      {R"("concatenated_transcript":"a","transcriptions":null)", {"a"}, true, "a"},
      {R"("transcriptions":"I want to cancel")", {"I want to cancel"}, true, std::nullopt},
      {R"("transcriptions":"USER: x","concatenated_transcript":"a")", {"USER|x"}, true, "a"},
      {R"("transcriptions":{"transcripts":"USER: x"})", {"USER|x"}, true, std::nullopt},
      {R"("transcriptions":"","concatenated_transcript":"a")", {"a"}, true, "a"},
      {R"("transcript":"USER: x")", {"USER|x"}, true, std::nullopt},
      {R"("concatenatedTranscript":"USER: x")", {"USER|x"}, true, "USER: x"},
      {R"("transcriptions":[{"text":"b"}],"concatenated_transcript":"a")", {"b"}, false, "a"},
      {R"("summary":"a")", {}, false, std::nullopt},
  };
  for (const auto& row : rows) {
    const CallCompleted call = call_of(row.members);
    EXPECT_EQ(shown(call.transcript), row.entries) << row.members;
    EXPECT_EQ(call.transcript_is_from_text, row.is_from_text) << row.members;
    EXPECT_EQ(call.concatenated_transcript, row.concatenated) << row.members;
  }
}

// In either order of arrival: the poorer form never replaces the times.
TEST(TranscriptText, NeverReplacesEntriesWithTimes) {
  const string timed =
      R"({"topic":"call.completed","version":"2.0","timestamp":"2026-03-02T10:00:00Z","data":{"id":"c1",
    "transcriptions":[{"source":"USER","time":"2026-03-02T09:15:00Z","text":"spoken"}]}})";
  const string text = R"({"topic":"call.completed","version":"2.0","timestamp":"2026-03-02T11:00:00Z","data":{"id":"c1",
    "concatenated_transcript":"USER: written"}})";
  for (const bool reversed : {false, true}) {
    const test::TemporaryFolder folder;
    Archive archive({.path = folder.file("archive.db")}, decode);
    for (const string& body : reversed ? vector{text, timed} : vector{timed, text}) {
      Delivery delivery{.body = body, .received_at = 1'772'500'000'000};
      Event event = decode(delivery);
      archive.store(delivery, std::move(event));
    }
    const auto call = archive.reader().find_call("c1", true);
    ASSERT_TRUE(call);
    EXPECT_EQ(shown(call->transcript), vector<string>{"USER|spoken"}) << reversed;
    EXPECT_EQ(call->concatenated_transcript, "USER: written") << reversed;
  }
}

}  // namespace
}  // namespace callarchive
