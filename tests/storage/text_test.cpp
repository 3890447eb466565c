#include "storage/text/ascii.h"
#include "storage/text/utf8.h"

#include <gmock/gmock.h>

#include <cstdint>

namespace callarchive {
namespace {

using testing::ElementsAre;

TEST(Ascii, ChangesTheCaseOfAsciiLettersAlone) {
  EXPECT_EQ(ascii::lower("aZ[É]"), "az[É]");
  EXPECT_EQ(ascii::upper("aZ{é}"), "AZ{é}");
  EXPECT_TRUE(ascii::equals_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(ascii::equals_ignoring_case("É", "é"));
  EXPECT_FALSE(ascii::equals_ignoring_case("for", "for="));
  EXPECT_TRUE(ascii::starts_with_ignoring_case("FOR=1", "for="));
  EXPECT_FALSE(ascii::starts_with_ignoring_case("fo", "for="));
}

TEST(Ascii, TrimsWhatItIsGiven) {
  EXPECT_EQ(ascii::trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(ascii::trim("\n a ", " "), "\n a");
  EXPECT_EQ(ascii::trim(" \n"), "");
}

TEST(Ascii, SplitsAndJoinsWithoutLosingEmptyParts) {
  EXPECT_THAT(ascii::split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(ascii::split("", ','), ElementsAre(""));
  EXPECT_EQ(ascii::join(ascii::split("a,,b,", ','), ","), "a,,b,");
  EXPECT_EQ(ascii::join(std::vector<std::string>{}, ", "), "");
}

TEST(Ascii, KnowsDigits) {
  EXPECT_TRUE(ascii::is_digits("0123456789"));
  for (const char* text : {"", "1a", "-1", "٣"}) EXPECT_FALSE(ascii::is_digits(text)) << text;
}

TEST(Utf8, WritesWhatItReads) {
  for (const char32_t c : {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xD7FFu, 0xE000u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string text;
    append_utf8(text, c);
    const auto read = read_utf8(text + "x");
    EXPECT_EQ(read.code, c);
    EXPECT_EQ(read.length, text.size()) << static_cast<std::uint32_t>(c);
  }
}

TEST(Utf8, TakesAnInvalidByteForOneReplacement) {
  const std::pair<std::string, std::vector<char32_t>> cases[] = {
      {"a\xFF", {'a', kReplacement}},
      {"\xC3", {kReplacement}},                                                        // cut
      {"\xC0\xAF", {kReplacement, kReplacement}},                                      // overlong
      {"\xE0\x80\xAF", {kReplacement, kReplacement, kReplacement}},                    // overlong
      {"\xED\xA0\x80", {kReplacement, kReplacement, kReplacement}},                    // a surrogate
      {"\xF4\x90\x80\x80", {kReplacement, kReplacement, kReplacement, kReplacement}},  // beyond U+10FFFF
      {"é\xE2\x82z", {0xE9, kReplacement, kReplacement, 'z'}},
  };
  for (const auto& [text, expected] : cases) {
    std::vector<char32_t> found;
    for (std::size_t at = 0; at < text.size();) found.push_back(next_character(text, at));
    EXPECT_EQ(found, expected) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace callarchive
