#include "storage/search/excerpt.h"
#include "storage/search/grammar.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace callarchive::storage {
namespace {

class SearchGrammar : public testing::Test {
 protected:
  // The terms as one text: "-" excluded, phrases joined by " & ", "#" digits; terms parted by " | ".
  string read(std::string_view text) {
    string all;
    for (const auto& term : parse_search(text)) {
      if (!all.empty()) all += " | ";
      if (term.excluded) all += "-";
      for (std::size_t i = 0; i < term.phrases.size(); ++i) all += (i > 0 ? " & " : "") + term.phrases[i];
      if (!term.digits.empty()) all += " #" + term.digits;
    }
    return all;
  }
};

struct Row {
  const char* typed;
  const char* meant;
};

TEST_F(SearchGrammar, ReadsWhatPeopleType) {
  const Row rows[] = {
      {"hello", R"("hello")"},
      {"Café ÉTÉ", R"("cafe" | "ete")"},
      {"\"two words\"", R"("two words")"},
      {"\"never closed", R"("never closed")"},
      {"« deux mots »", R"("deux mots")"},
      {"“two words”*", R"("two words" *)"},
      {"pre*", R"("pre" *)"},
      {"\"two wo*\"", R"("two wo" *)"},
      {"-not", R"(-"not")"},
      {"-\"not this\" that", R"(-"not this" | "that")"},
      {"--twice", R"(-"twice")"},
      {"a - b", R"("a" | "b")"},
      {"l'annulation", R"("l annulation")"},
      {"aujourd’hui", R"("aujourd hui")"},
      {"don't", R"("don t")"},
      {"multi-agent", R"("multi agent")"},
      {"ann@example.com", R"("ann example com")"},
      {"zz:word", R"("zz word")"},
      {"NEAR(a b) OR NOT AND", R"("near a" | "b" | "or" | "not" | "and")"},
      {"東京", R"("東 京")"},
      {"iPhone価格", R"("iphone 価 格")"},
      {"東京、大阪", R"("東 京" & "大 阪")"},
      {"\"hello 東京 world\"", R"("hello 東 京 world")"},
      {"-東京*", R"(-"東 京" *)"},
      {"😀", R"("😀")"},
      {"merci👍🏽 -👎", R"("merci 👍" | -"👎")"},
      {"pro\u200bmo co\u00adde", R"("promo" | "code")"},
      {"ＮＴＴ\u3000ﬂat", R"("ntt" | "flat")"},
      {"Łódź*", R"("lodz" *)"},
      {"12", R"("12")"},
      {"415", R"("415" #415)"},
      {"06 12 34", R"("06" & "12" & "34" #061234)"},
      {"+33 6-12", R"("33" & "6 12" #33612)"},
      {"06 12 bonjour 34", R"("06" & "12" #0612 | "bonjour" | "34")"},
      {"-415 555", R"(-"415" #415 | "555" #555)"},
      {"415 -555", R"("415" #415 | -"555" #555)"},
      {"\"06 12\" 34", R"("06 12" #0612 | "34")"},
      {"415*", R"("415" *)"},
      {"123456789012345678901", R"("123456789012345678901")"},
      {"a\xff\xfe"
       "b \xc3",
       R"("a" | "b")"},
      {"a\xed\xa0\x80"
       "b",
       R"("a" | "b")"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.typed), row.meant) << row.typed;
  EXPECT_EQ(read(std::string_view("a\0b", 3)), R"("a" | "b")");
}

TEST_F(SearchGrammar, RefusesTextWithoutWords) {
  for (const char* typed : {"", " ", "\"\"", "-", "*", "...", "-*", "\" \"", "()", "\xff", "- -\"\" !"}) {
    EXPECT_THROW(read(typed), EmptySearch) << typed;
  }
}

TEST_F(SearchGrammar, TakesEveryWordOnce) {
  string words;
  for (std::size_t i = 0; i < kMostWordsOfSearch; ++i) words += "w" + std::to_string(i % 32) + " ";
  EXPECT_EQ(parse_search(words).size(), 32u);
  const auto terms = parse_search('"' + words);
  ASSERT_EQ(terms.size(), 1u);
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(terms.front().phrases.front(), ' ')), kMostWordsOfSearch - 1);
}

string repeated(std::string_view text, std::size_t times) {
  string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_F(SearchGrammar, CountsTheWordsOfAllTermsTogether) {
  const string last = "last";
  const vector<string> full = {
      repeated("a ", 64),
      '"' + repeated("a ", 64) + '"',
      repeated("-a ", 64),
      repeated("a* ", 64),
      repeated("\"a b\" ", 32),
      repeated("a-b ", 32),
      repeated("12 ", 64),
      repeated("415 ", 64),
      repeated("東", 64) + ' ',
      repeated("東京 ", 32),
      repeated("x 東 -y \"a b\" ", 12) + repeated("z ", 4),
  };
  for (const auto& typed : full) {
    EXPECT_NO_THROW(read(typed)) << typed;
    for (const auto& more : {typed + last, typed + "-last", typed + "\"last\"", typed + "las*", last + ' ' + typed}) {
      EXPECT_THROW(read(more), TooManyWords) << more;
    }
  }
}

string shown(std::string_view text, vector<ByteRange> ranges) {
  const auto excerpt = make_excerpt(text, ranges);
  string out = excerpt.text;
  for (const auto& range : excerpt.ranges) out += " " + std::to_string(range.begin) + "-" + std::to_string(range.end);
  return out;
}

TEST(Excerpts, CountCodePointsFromTheirOwnBeginning) {
  EXPECT_EQ(shown("Été à 東京 😀 ici", {{0, 5}, {9, 15}}), "Été à 東京 😀 ici 0-3 6-8");
}

TEST(Excerpts, CutLongTextBetweenWords) {
  string text;
  for (int i = 0; i < 200; ++i) text += "été ";
  const auto middle = text.size();
  text += "here ";
  for (int i = 0; i < 200; ++i) text += "été ";
  const auto excerpt = make_excerpt(text, {{0, 3}, {middle, middle + 4}});
  EXPECT_TRUE(excerpt.text.starts_with("été")) << "the first match stands at the beginning";
  const auto later = make_excerpt(text, {{middle, middle + 4}});
  EXPECT_THAT(later.text, testing::StartsWith("…été "));
  EXPECT_THAT(later.text, testing::EndsWith("été…"));
  EXPECT_THAT(later.text, testing::HasSubstr(" here "));
  ASSERT_EQ(later.ranges.size(), 1u);
  EXPECT_EQ(later.ranges[0].end - later.ranges[0].begin, 4);
}

TEST(Excerpts, SurviveWordsWithoutEnd) {
  const string text(5000, 'x');
  for (const std::size_t begin : {0u, 100u, 4990u}) {
    const auto excerpt = make_excerpt(text, {{begin, begin + 10}});
    EXPECT_LE(excerpt.text.size(), 220u);
    ASSERT_EQ(excerpt.ranges.size(), 1u) << begin;
    EXPECT_EQ(excerpt.ranges[0].end - excerpt.ranges[0].begin, 10);
  }
  EXPECT_EQ(make_excerpt(text, {{0, 5000}}).ranges.size(), 1u);
}

}  // namespace
}  // namespace callarchive::storage
