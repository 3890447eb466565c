#include "server/ingest/import.h"

#include "server/ingest/file_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace callarchive {
namespace {

using testing::ElementsAre;

// What is found, each as "<line>: <body>".
std::vector<std::string> split(const std::string& text) {
  std::istringstream input(text);
  std::vector<std::string> found;
  for_each_envelope(
      input, [&](std::string body, std::size_t line) { found.push_back(std::to_string(line) + ": " + body); },
      Beginning::any);
  return found;
}

TEST(Import, FindsOneEnvelopePerLine) {
  EXPECT_THAT(split("{\"a\":1}\n{\"a\":2}\r\n\n  {\"a\":3}  \n"),
              ElementsAre("1: {\"a\":1}", "2: {\"a\":2}", "4: {\"a\":3}"));
  EXPECT_THAT(split("{\"a\":1}"), ElementsAre("1: {\"a\":1}"));
  EXPECT_THAT(split(""), ElementsAre());
  EXPECT_THAT(split("\xEF\xBB\xBF{\"a\":1}\n"), ElementsAre("1: {\"a\":1}"));
}

TEST(Import, FindsAnEnvelopeOverManyLines) {
  const std::string pretty = "{\n  \"a\": {\n    \"b\": [\n      {}\n    ]\n  }\n}";
  EXPECT_THAT(split(pretty + "\n" + pretty), ElementsAre("1: " + pretty, "8: " + pretty));
  const std::string flush_left = "{\n\"a\":\n[\n{\n\"b\":1\n},\n{\n}\n]\n}";
  EXPECT_THAT(split(flush_left + "\n" + flush_left), ElementsAre("1: " + flush_left, "11: " + flush_left));
}

TEST(Import, FindsEnvelopesBehindEachOther) {
  EXPECT_THAT(split("{\"a\":1}{\"a\":2} {\"a\":3}"), ElementsAre("1: {\"a\":1}", "1: {\"a\":2}", "1: {\"a\":3}"));
}

TEST(Import, FindsTheElementsOfAnArray) {
  EXPECT_THAT(split("[{\"a\":1},{\"a\":2}]"), ElementsAre("1: {\"a\":1}", "1: {\"a\":2}"));
  EXPECT_THAT(split("[\n{\"a\":1},\n{\n\"b\":\n{\n}\n}\n]\n[{\"a\":3}]"),
              ElementsAre("2: {\"a\":1}", "3: {\n\"b\":\n{\n}\n}", "9: {\"a\":3}"));
  EXPECT_THAT(split("[1, [2], \"x\"]"), ElementsAre("1: 1", "1: [2]", "1: \"x\""));
  EXPECT_THAT(split("[]"), ElementsAre());
}

TEST(Import, KeepsBytesAsTheyAre) {
  const std::string body = "{ \"a\" :\t\"}{][\\\"\\\\\", \"\xFF\":1.0 }";
  EXPECT_THAT(split(body + "\n"), ElementsAre("1: " + body));
}

TEST(Import, GoesOnBehindALineCutAnywhere) {
  const std::string line = R"({"a":{"b":[1,{"c":"x,y"}],"d":"}"},"e":true})";
  for (std::size_t length = 1; length < line.size(); ++length) {
    std::string cut = line.substr(0, length);
    EXPECT_THAT(split(line + "\n" + cut + "\n" + line + "\n" + line + "\n"),
                ElementsAre("1: " + line, "2: " + cut, "3: " + line, "4: " + line));
  }
}

TEST(Import, HandsOverWhatIsBroken) {
  EXPECT_THAT(split("oops\n{\"a\":1}\n"), ElementsAre("1: oops", "2: {\"a\":1}"));
  EXPECT_THAT(split("{\"a\":1} oops\n}\n{\"a\":2}"), ElementsAre("1: {\"a\":1}", "1: oops", "2: }", "3: {\"a\":2}"));
  EXPECT_THAT(split("{\"a\":1}\n{\"a\":"), ElementsAre("1: {\"a\":1}", "2: {\"a\":"));
  EXPECT_THAT(split("[{\"a\":1},oops,{\"a\":2}"), ElementsAre("1: {\"a\":1}", "1: oops", "1: {\"a\":2}"));
  EXPECT_THAT(split("\"a\nb\""), ElementsAre("1: \"a", "2: b\""));
}

TEST(Import, GivesUpOnATextThatNeverEnds) {
  std::size_t largest = 0;
  std::istringstream input("{" + std::string(kImportLimitBytes + 10, ' ') + "x");
  for_each_envelope(input, [&](const std::string& body, std::size_t) { largest = std::max(largest, body.size()); });
  EXPECT_LE(largest, kImportLimitBytes);
}

TEST(Import, ReadsAcrossItsBuffer) {
  std::string text;
  std::size_t count = 0;
  for (; text.size() < 300'000; ++count) text += "{\"n\":\"" + std::string(count % 97, 'x') + "\"}\n";
  EXPECT_EQ(split(text).size(), count);
}

std::string with_every_second_byte_nul(const std::string& text) {
  std::string wide;
  for (const char c : text) (wide += c) += '\0';
  return wide;
}

TEST(Import, SaysWhatAWrongFileLooksLike) {
  using namespace std::string_literals;
  const std::string envelope = R"({"topic":"SMS_RECEIVED","data":{"content":"ete"}})";
  const std::pair<std::string, const char*> cases[] = {
      {"<?xml version='1.0'?>\n<smses count=\"2\">", "XML"},
      {"\xEF\xBB\xBF  <smses>", "XML"},
      {"<!DOCTYPE html><p>", "HTML"},
      {"id,from,to\n1,+33612345678,+33184800000\n", "CSV"},
      {"id;from;to\n1;2;3\n", "CSV"},
      {"date\tfrom\n1\t2\n", "CSV"},
      {"\xFF\xFE" + with_every_second_byte_nul(envelope), "UTF-16"},
      {with_every_second_byte_nul(envelope), "UTF-16"},
      {"\xFE\xFF\0{\0\"\0t"s, "UTF-16"},
      {"{\"topic\":\"SMS_RECEIVED\",\"data\":{\"content\":\"\xE9t\xE9\"}}\n", "Latin-1"},
      {"PK\x03\x04\x14", "zip"},
      {"\xFD"
       "7zXZ\0\0"s,
       "xz"},
      {"\x1F\x8B\x08", "gzip"},
      {"BZh91AY", "bzip2"},
      {"\x28\xB5\x2F\xFD", "Zstandard"},
      {"SQLite format 3\0"s, "SQLite"},
      {"%PDF-1.7\n", "PDF"},
      {"BEGIN:VCARD\r\nVERSION:4.0\r\n", "`callarchive export contacts --format vcard`"},
      {R"({"manifest":{"export":"calls","version":1}})", "`callarchive export`"},
      {"id,started_at,direction,result\r\n", "`callarchive export calls --format csv`"},
      {"\xEF\xBB\xBFid,sent_at,direction,type\r\n", "`callarchive export messages --format csv`"},
  };
  for (const auto& [text, said] : cases) {
    std::istringstream input(text);
    std::size_t found = 0;
    try {
      for_each_envelope(input, [&](const std::string&, std::size_t) { ++found; });
      ADD_FAILURE() << said << " was read";
    } catch (const Unreadable& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(said));
      EXPECT_THAT(error.what(), testing::HasSubstr("expected webhook bodies as JSON in UTF-8"));
    }
    EXPECT_EQ(found, 0u) << said;
  }
}

TEST(Import, TakesNoEnvelopeForAnotherKindOfFile) {
  for (const std::string text : {R"({"topic":"PING","data":{}})", "\n\n [ {\"topic\":\"PING\"} ]",
                                 "\xEF\xBB\xBF{\"a\":\"é, ü; ñ\"}", "{\"a\":\"é \xFF\"}", "", "\n"}) {
    EXPECT_EQ(ingest::describe_foreign_file(text), std::nullopt) << text;
  }
}

TEST(Import, KnowsTheRowsOfThisProgram) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"id":"c","started_at":null,"direction":null,"tags":[]})", "callarchive calls --json"},
      {R"({"id":"m","sent_at":null,"direction":null})", "callarchive messages --json"},
      {R"({"id":"k","emails":[],"numbers":[]})", "callarchive contacts --json"},
      {R"({"number":"+1","kind":"e164","country":"US"})", "callarchive numbers --json"},
      {R"({"kind":"call","at":"2026","call":{}})", "callarchive timeline --json"},
      {R"({"call_id":"c","position":0,"text":""})", "callarchive export transcripts"},
      {R"({"data":[],"page":{}})", "API"},
      {R"({"completion":{"rows":0}})", "`callarchive export`"},
  };
  for (const auto& [text, said] : cases) {
    EXPECT_THAT(ingest::describe_foreign_json(text).value_or(""), testing::HasSubstr(said)) << text;
  }
  EXPECT_EQ(ingest::describe_foreign_json(R"({"hello":"world"})"), std::nullopt);
}

}  // namespace
}  // namespace callarchive
