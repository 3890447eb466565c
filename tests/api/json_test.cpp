#include "server/api/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace callarchive::api {
namespace {

template <typename T>
string written(const T& value) {
  string out;
  JsonWriter json(out);
  json.value(value);
  return out;
}

TEST(JsonWriter, EscapesText) {
  const std::pair<std::string_view, const char*> rows[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"say \"hi\" \\ ", R"("say \"hi\" \\ ")"},
      {"a\nb\tc\rd", R"("a\nb\tc\rd")"},
      {std::string_view("\0\x1F\x7F", 3), "\"\\u0000\\u001f\\u007f\""},
      {"Café 漢字 😀", "\"Café 漢字 😀\""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(written(text), expected);
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
  const std::pair<const char*, const char*> rows[] = {
      {"\xFF", "\"\uFFFD\""},
      {"a\xC3", "\"a\uFFFD\""},                    // cut
      {"\xC0\xAF", "\"\uFFFD\uFFFD\""},            // overlong
      {"\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},  // a surrogate
      {"\xF4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
      {"\xF0\x9F\x98z", "\"\uFFFD\uFFFD\uFFFDz\""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(written(text), expected) << text;
}

// Every two bytes, alone and inside text, against a reader that knows the standard.
TEST(JsonWriter, AnyBytesMakeValidJson) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const string text = {static_cast<char>(first), static_cast<char>(second), static_cast<char>(0xBF), 'x'};
      ASSERT_TRUE(nlohmann::json::accept(written(text))) << first << ' ' << second;
    }
  }
}

TEST(JsonWriter, WritesNumbers) {
  EXPECT_EQ(written(std::int64_t{-42}), "-42");
  EXPECT_EQ(written(1.5), "1.5");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(12.0), "12");
  EXPECT_EQ(written(std::nan("")), "null");
  EXPECT_EQ(written(HUGE_VAL), "null");
  EXPECT_EQ(written(true), "true");
  EXPECT_EQ(written(optional<string>()), "null");
}

template <typename T, typename... More>
nlohmann::ordered_json parsed(const T& record, More... more) {
  string out;
  JsonWriter json(out);
  to_json(json, record, more...);
  return nlohmann::ordered_json::parse(out);
}

vector<string> names(const nlohmann::ordered_json& object) {
  vector<string> found;
  for (const auto& [name, value] : object.items()) found.push_back(name);
  return found;
}

// The names and their order are a promise to every client: docs/openapi.json.
TEST(Json, RecordsHaveTheNamesOfTheContractInOrder) {
  const vector<string> call = {"id",
                               "started_at",
                               "direction",
                               "result",
                               "from_number",
                               "from_name",
                               "to_number",
                               "to_name",
                               "original_to_number",
                               "original_to_name",
                               "duration_seconds",
                               "length",
                               "user_email",
                               "integration_id",
                               "tags",
                               "summary",
                               "one_sentence_summary",
                               "recording_url",
                               "data_collected",
                               "ivr_result",
                               "transfer_from",
                               "transfer_to",
                               "transfer_original_call_id",
                               "transcript_entry_count",
                               "recording"};
  EXPECT_EQ(names(parsed(Call{})), call);
  auto with_transcript = call;
  with_transcript.insert(with_transcript.end(), {"transcript", "concatenated_transcript"});
  EXPECT_EQ(names(parsed(Call{}, Transcript::included)), with_transcript);
  EXPECT_EQ(names(parsed(TranscriptEntry{})),
            (vector<string>{"position", "source", "time", "start_seconds", "end_seconds", "text"}));
  EXPECT_EQ(names(parsed(Message{})), (vector<string>{"id", "sent_at", "direction", "type", "content", "from_number",
                                                      "from_name", "to_number", "to_name", "user_email"}));
  EXPECT_EQ(names(parsed(Contact{})), (vector<string>{"id", "name", "last_name", "company", "job_title", "emails",
                                                      "numbers", "properties", "created_at", "updated_at"}));
  EXPECT_EQ(names(parsed(Number{})), (vector<string>{"number", "kind", "country", "contacts", "first_seen_at",
                                                     "last_seen_at", "call_count", "message_count"}));
  TimelineItem item;
  item.call = Call{};
  EXPECT_EQ(names(parsed(item)), (vector<string>{"kind", "at", "call"}));
  item = {};
  item.message = Message{};
  EXPECT_EQ(names(parsed(item)), (vector<string>{"kind", "at", "message"}));
}

TEST(Json, WhatWasNeverSaidIsNullOrEmpty) {
  const auto call = parsed(Call{});
  EXPECT_TRUE(call["started_at"].is_null());
  EXPECT_TRUE(call["transfer_to"].is_null());
  EXPECT_EQ(call["tags"], nlohmann::ordered_json::array());
  EXPECT_EQ(call["data_collected"], nlohmann::ordered_json::object());
}

TEST(Json, PassesJsonValuesOn) {
  Call call;
  call.started_at = 1705314600000;
  call.data_collected = {{"budget", "12.50"}, {"wants \"it\"", R"({"yes":[1,null]})"}};
  call.ivr_result = {{"1", "Sales"}, {{}, "Other"}};
  const auto json = parsed(call);
  EXPECT_EQ(json["started_at"], "2024-01-15T10:30:00.000Z");
  EXPECT_EQ(json["data_collected"].dump(), R"({"budget":12.5,"wants \"it\"":{"yes":[1,null]}})");
  EXPECT_EQ(json["ivr_result"].dump(), R"([{"dtmf_key":"1","text_key":"Sales"},{"dtmf_key":null,"text_key":"Other"}])");
}

string with_body(string body) {
  DeliveryRecord delivery;
  delivery.body = std::move(body);
  string out;
  JsonWriter json(out);
  to_json_with_body(json, delivery);
  return out;
}

TEST(Json, ShowsABodyAsTextOnlyWhereItIsJson) {
  const auto good = nlohmann::json::parse(with_body(R"({"topic": "PING"})"));
  EXPECT_EQ(good["body"], R"({"topic": "PING"})");
  EXPECT_EQ(good["body_base64"], "eyJ0b3BpYyI6ICJQSU5HIn0=");
  const auto bad = nlohmann::json::parse(with_body("{\xFF"));
  EXPECT_TRUE(bad["body"].is_null());
  EXPECT_EQ(bad["body_base64"], "e/8=");
}

TEST(Json, ADeeplyNestedBodyIsLookedAtWithoutRecursion) {
  const auto deep = nlohmann::json::parse(with_body(string(1'000'000, '[') + string(1'000'000, ']')));
  EXPECT_TRUE(deep["body"].is_string());
}

}  // namespace
}  // namespace callarchive::api
