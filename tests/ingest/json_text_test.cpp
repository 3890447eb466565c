#include "server/ingest/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace callarchive::ingest {
namespace {

using namespace std::string_literals;
using std::string;

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

// What the text reads as, printed again; "error: …" if it is not JSON.
std::string read(const std::string& text) {
  nlohmann::json value;
  const JsonReport report = parse_json(text, value);
  return report.valid ? to_json_text(value) : "error: " + report.error;
}

TEST(JsonText, KeepsValuesAsTheyWereWritten) {
  const char* rows[][2] = {
      {R"({"b":1,"a":[true,false,null,"x"]})", R"({"a":[true,false,null,"x"],"b":1})"},
      {" [ ] ", "[]"},
      {"{}", "{}"},
      {R"([25000.00,1.0,-0.5e3])", "[25000.00,1.0,-0.5e3]"},
      {"[18446744073709551615,-9223372036854775808]", "[18446744073709551615,-9223372036854775808]"},
      {"12345678901234567890123", "12345678901234567890123"},
      {R"(["é\n\"\\"])", R"(["é\n\"\\"])"},
      {R"("\ud83d\ude42")", "\"\xF0\x9F\x99\x82\""},
      {"\xEF\xBB\xBF{\"bom\":1}", R"({"bom":1})"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(read(text), expected) << text;
}

TEST(JsonText, TakesTheLastOfEqualKeys) {
  EXPECT_EQ(read(R"({"a":{"x":1},"a":{"y":2}})"), R"({"a":{"y":2}})");
  EXPECT_EQ(read(R"({"a":[1,2],"b":0,"a":3})"), R"({"a":3,"b":0})");
}

TEST(JsonText, RepairsWhatNoTableCouldHold) {
  const std::pair<std::string, std::string> rows[] = {
      {R"(["a\ud83db"])",
       "[\"a\xEF\xBF\xBD"
       "b\"]"},
      {R"(["\ude42"])", "[\"\xEF\xBF\xBD\"]"},
      {R"(["\ud83d\ud83d\ude42"])", "[\"\xEF\xBF\xBD\xF0\x9F\x99\x82\"]"},
      {R"(["\ud83d)"s + "\\n\"]", "[\"\xEF\xBF\xBD\\n\"]"},
      {"[\"caf\xE9\"]", "[\"caf\xEF\xBF\xBD\"]"},
      {"[\"\xC3\xA9\xC0\xAF\"]", "[\"\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
      {"[\"\xED\xA0\x80\"]", "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
      {"[\"\xF0\x9F\x99\"]", "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
      {R"({"a\u0000b":"c\u0000\u0000d"})",
       "{\"a\xEF\xBF\xBD"
       "b\":\"c\xEF\xBF\xBD\xEF\xBF\xBD"
       "d\"}"},
      {R"(["\\ud83d"])", R"(["\\ud83d"])"},
      {R"({"n":1e999,"m":[-1e999],"text":"1e999"})", R"({"m":["-1e999"],"n":"1e999","text":"1e999"})"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(read(text), expected) << text;
}

TEST(JsonText, RefusesWhatIsNotJson) {
  const std::string rows[] = {
      "",           " ",      "nope", "{",    "[1,2",     R"({"a":})",    R"({"a" 1})", R"({"a":1,})",
      R"({'a':1})", "01",     "1.",   "+1",   "NaN",      R"("abc)",      "\"a\nb\"",   R"("\x")",
      R"("\u12")",  "{} x",   "{}{}", "\xFF", "\xEF\xBB", "{\"a\":1}\0"s, "\0{}"s,      "{\"a\":\"\0\"}"s,
      "1e999e999",  "[1e999",
  };
  for (const std::string& text : rows) {
    EXPECT_TRUE(read(text).starts_with("error: ")) << text << " reads as " << read(text);
    EXPECT_GT(read(text).size(), 15u) << "says nothing: " << text;
  }
}

TEST(JsonText, SaysWhereButNotWhat) {
  const std::string error = read("{\"from_number\": \"+33612345678\" \"+33612345679\"}");
  EXPECT_NE(error.find("line 1, column 45"), std::string::npos) << error;
  EXPECT_EQ(error.find("+336"), std::string::npos) << error;
  EXPECT_LT(read("\"" + std::string(1 << 20, 'x')).size(), 300u);
}

TEST(JsonText, CountsValuesAsItReads) {
  const auto report = [](std::size_t elements) {
    string text = "[";
    for (std::size_t i = 0; i < elements; ++i) text += i > 0 ? ",{}" : "{}";
    nlohmann::json value;
    return parse_json(text + "]", value);
  };
  EXPECT_FALSE(report(kValueLimit - 1).too_many);
  EXPECT_TRUE(report(kValueLimit).too_many);
  EXPECT_TRUE(report(kValueLimit).valid);
}

TEST(JsonText, DropsWhatIsNestedTooDeep) {
  nlohmann::json value;
  EXPECT_FALSE(parse_json(nested(kDepthLimit), value).too_deep);
  for (const std::size_t levels : {kDepthLimit + 1, std::size_t{100'000}}) {
    const JsonReport report = parse_json("{\"deep\":" + nested(levels) + ",\"id\":\"x\"}", value);
    EXPECT_TRUE(report.valid) << levels;
    EXPECT_TRUE(report.too_deep) << levels;
    EXPECT_EQ(value.at("id"), "x") << levels;
  }
  EXPECT_FALSE(parse_json(std::string(100'000, '['), value).valid);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_FALSE(parse_json(objects, value).valid);
}

}  // namespace
}  // namespace callarchive::ingest
