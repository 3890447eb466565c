#include "server/cli/text.h"

#include "server/observe/log.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace callarchive::cli {
namespace {

TEST(Text, IsMeasuredInColumns) {
  const std::pair<const char*, std::size_t> cases[] = {{"", 0},     {"abc", 3},    {"Café", 4}, {"Cafe\xCC\x81", 4},
                                                       {"田中", 4}, {"한국어", 6}, {"…", 1},    {"☎", 1},
                                                       {"🍽", 1}, {"😀", 2}};
  for (const auto& [text, columns] : cases) EXPECT_EQ(width(text), columns) << text;
}

TEST(Text, IsCutAtCharactersNotBytes) {
  EXPECT_EQ(cut("abcdef", 6), "abcdef");
  EXPECT_EQ(cut("abcdef", 4), "abc…");
  EXPECT_EQ(cut("田中さくら", 5), "田中…");
  EXPECT_EQ(cut("田中さくら", 4), "田…");  // half a character is none
  EXPECT_EQ(cut("e\xCC\x81"
                "abc",
                2),
            "e\xCC\x81…");
  EXPECT_EQ(cut("abc", 0), "");
  for (std::size_t columns = 0; columns < 12; ++columns) EXPECT_LE(width(cut("a田b中c さくら", columns)), columns);
}

TEST(Text, IsPaddedToColumns) {
  EXPECT_EQ(pad("田", 4), "田  ");
  EXPECT_EQ(pad("7", 3, true), "  7");
  EXPECT_EQ(pad("long", 2), "long");
}

TEST(Text, WrapsAtBlanksAndInsideLongWords) {
  EXPECT_THAT(wrap("one two three", 8), testing::ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two", 7), testing::ElementsAre("one two"));
  EXPECT_THAT(wrap("abcdefgh", 3), testing::ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(wrap("a\n\nb", 9), testing::ElementsAre("a", "", "b"));
  EXPECT_THAT(wrap("", 9), testing::ElementsAre(""));
  EXPECT_THAT(wrap("田中さくら", 1), testing::ElementsAre("田", "中", "さ", "く", "ら"));
}

TEST(Text, OfStrangersIsMadeHarmless) {
  EXPECT_EQ(harmless("a\nb\tc\r\n"), "a b c ");
  EXPECT_EQ(harmless_lines("a\nb"), "a\nb");
  EXPECT_EQ(harmless(std::string_view("\x1b[31m\0\x7f", 7)), "␛[31m␀␡");
  EXPECT_EQ(harmless("\xC2\x9B"), "\xEF\xBF\xBD");
  EXPECT_EQ(harmless("\xE2\x80\xAEtxt"), "\xEF\xBF\xBDtxt");
  EXPECT_EQ(harmless("a\xFFz"), "a\xEF\xBF\xBDz");
  for (int byte = 0; byte < 256; ++byte) {
    const auto safe = harmless(std::string(1, static_cast<char>(byte)));
    EXPECT_EQ(safe.find_first_of("\x1b\x07\x08\n\r\x7f"), std::string::npos) << byte;
  }
}

TEST(Text, ThatIsHarmlessStaysAsItIs) {
  for (const char* text :
       {"Zoë 👩‍🍳", "🇫🇷 🇬🇧", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!",
        "\u200Fשלום\u200E 12", "\u061Cسلام", "می\u200Cخواهم"}) {
    EXPECT_EQ(harmless(text), text);
    EXPECT_EQ(harmless_json(text), text);
  }
  EXPECT_EQ(width("🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F"), width("🏴"));
}

TEST(Text, HidesNothingInTagCharacters) {
  const std::string tags = "\U000E0061\U000E0062";
  const std::string shown = "\uFFFD\uFFFD";
  EXPECT_EQ(harmless("a" + tags), "a" + shown);
  EXPECT_EQ(harmless("🏴" + tags + "x"), "🏴" + shown + "x");  // nothing ends the flag
  EXPECT_EQ(harmless("🏴\U000E007F"), "🏴\uFFFD");             // of no region
}

TEST(Text, AsJsonIsEscapedAndMeansTheSame) {
  const std::pair<const char*, const char*> cases[] = {
      {"[\"a\u202Eb\"]\n", "[\"a\\u202eb\"]\n"},
      {"\"\u009B\u007F\"", "\"\\u009b\\u007f\""},
      {"\"\U000E0061\"", "\"\\udb40\\udc61\""},
      {"\"é\\u001b\"", "\"é\\u001b\""},
  };
  for (const auto& [json, expected] : cases) {
    EXPECT_EQ(harmless_json(json), expected);
    EXPECT_EQ(nlohmann::json::parse(harmless_json(json)), nlohmann::json::parse(json));
  }
}

TEST(Text, InTheLogIsReadable) {
  const std::string message = "cannot open /tmp/é\x1B[2J\u202E\n.db";
  testing::internal::CaptureStderr();
  start_log(LogFormat::json, "info");
  log_info(message);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr(R"("message":"cannot open /tmp/é\u001b[2J\u202e\n.db"})"));
  testing::internal::CaptureStderr();
  start_log(LogFormat::text, "info");
  log_info(message);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("cannot open /tmp/é␛[2J\uFFFD .db\n"));
}

TEST(Text, CountsCodePoints) {
  EXPECT_EQ(byte_offset("aé田b", 0), 0u);
  EXPECT_EQ(byte_offset("aé田b", 3), 6u);
  EXPECT_EQ(byte_offset("aé田b", 99), 7u);
}

}  // namespace
}  // namespace callarchive::cli
