#include "server/ingest/import.h"

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
  for_each_envelope(input,
                    [&](std::string body, std::size_t line) { found.push_back(std::to_string(line) + ": " + body); });
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

}  // namespace
}  // namespace callarchive
