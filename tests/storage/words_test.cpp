#include "storage/text/words.h"

#include "storage/text/utf8.h"

#include <gmock/gmock.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace callarchive {
namespace {

using std::string;

string nfd(const char* text) {
  string out;
  UErrorCode status = U_ZERO_ERROR;
  icu::Normalizer2::getNFDInstance(status)->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(out);
  return out;
}

struct Row {
  string written;
  string words;  // separated by blanks
};

TEST(Words, AreFoldedInEveryScript) {
  const Row rows[] = {
      // accents
      {"Η Κατερίνα τηλεφώνησε", "η κατερινα τηλεφωνησε"},
      {"ΟΔΥΣΣΕΥΣ ὁ Ὀδυσσεύς", "οδυσσευσ ο οδυσσευσ"},
      {"Łódź Wałęsa Żółć", "lodz walesa zolc"},
      {"Søren Ødegård Åse", "soren odegard ase"},
      {"Đorđe Đặng Thị Hồng", "dorde dang thi hong"},
      {"Ħal-Għaxaq Kıbrıs İstanbul", "hal ghaxaq kibris istanbul"},
      {"Straße STRASSE ẞ", "strasse strasse ss"},
      {"Œuvre ex æquo", "oeuvre ex aequo"},
      {"Þórður Guðmundsson", "thordur gudmundsson"},
      {"Ёлка Андрей Київ", "елка андреи киів"},
      {"Čeština Ľudovít Őrség Ñandú", "cestina ludovit orseg nandu"},
      // composed and decomposed
      {nfd("ο Γιώργος"), "ο γιωργοσ"},
      {nfd("Андрей звонил"), "андреи звонил"},
      {nfd("Nguyễn Hường"), "nguyen huong"},
      {nfd("한국어"), "한국어"},
      {nfd("がぎぐ"), "が ぎ ぐ"},
      {nfd("Ærøskøbing Ångström"), "aeroskobing angstrom"},
      // vowel signs and points
      {"दान दिन मेला मिल", "दान दिन मेला मिल"},
      {"দান দিন", "দান দিন"},
      {"தமிழ் ಕನ್ನಡ മലയാളം", "தமிழ் ಕನ್ನಡ മലയാളം"},
      {"رَقْمُ مُحَمَّد دَرْس", "رقم محمد درس"},
      {"مــحمد أحمد", "محمد احمد"},
      {"שָׁלוֹם", "שלום"},
      // invisible characters, widths, ligatures
      {"Rech\u00adnungs\u00adnummer", "rechnungsnummer"},
      {"pro\u200bmo\u200bcode zero\u2060width\ufeff", "promocode zerowidth"},
      {"می\u200cخواهم", "میخواهم"},
      {"ＮＴＴ東日本 １２３", "ntt 東 日 本 123"},
      {"oﬃce ﬂat ﬁn ĳs", "office flat fin ijs"},
      {"ｶﾞｷﾞ", "ガ ギ"},
      {"m² ½ ⑴ Ⅳ", "m2 ½ 1 iv"},
      // digits
      {"٣٣٦ १२३ ۴۵۶", "336 123 456"},
      // emoji
      {"super👍 👍🏽👍🏿", "super 👍 👍 👍"},
      {"👨\u200d👩\u200d👧 ❤\ufe0f 🏃\u200d♀\ufe0f", "👨 👩 👧 ❤ 🏃 ♀"},
      {"🇫🇷🇩🇪 🇫", "🇫🇷 🇩🇪 🇫"},
      {"1\ufe0f\u20e3 #\ufe0f\u20e3", "1 \u20e3 \u20e3"},
      {"Acme™ © 2024", "acme ™ © 2024"},
      {"🏽", "🏽"},
      // what separates
      {"l'annulation d’aujourd'hui lʼhôtel", "l annulation d aujourd hui l hotel"},
      {"ann@example.com multi-agent 3,5 €", "ann example com multi agent 3 5"},
      {"a\xff\xfe"
       "b \xc3",
       "a b"},
      {"", ""},
      {"?! … — ·", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(folded(row.written), row.words) << row.written;
}

TEST(Words, DoNotFindOtherWords) {
  const std::pair<const char*, const char*> rows[] = {{"दिन", "दान"}, {"मिल", "मेला"}, {"দিন", "দান"}, {"กิน", "กัน"},
                                                      {"か", "が"},   {"ハ", "パ"},   {"க", "கா"},    {"한", "하"},
                                                      {"👍", "👎"},     {"🇫🇷", "🇩🇪"},   {"½", "12"}};
  for (const auto& [one, other] : rows) EXPECT_NE(folded(one), folded(other)) << one << ' ' << other;
}

TEST(Words, CharactersOfScriptsWithoutSpacesAreWordsWithBreaksBetweenRuns) {
  const auto read = [](std::string_view text) {
    string all;
    for (WordReader reader(text); reader.next();)
      all += (all.empty() ? "" : " ") + (reader.word() == kBreak ? "/" : reader.word());
    return all;
  };
  const Row rows[] = {
      {"東京都", "東 京 都"},      {"東、京", "東 / 京"},      {"東 京", "東 / 京"},   {"iPhone価格", "iphone 価 格"},
      {"3月5日", "3 月 5 日"},     {"東 and 京", "東 and 京"}, {"สวัสดี", "ส ว ั ส ด ี"},  {"東👍京", "東 👍 京"},
      {"ラーメン", "ラ ー メ ン"}, {"ភាសា", "ភ ា ស ា"},        {"東\u200b京", "東 京"}};
  for (const auto& row : rows) EXPECT_EQ(read(row.written), row.words) << row.written;
}

TEST(Words, KnowTheirPlaces) {
  const auto places = [](std::string_view text) {
    string all;
    for (WordReader reader(text); reader.next();) {
      if (reader.word() != kBreak)
        all += "[" + string(text.substr(reader.begin(), reader.end() - reader.begin())) + "]";
    }
    return all;
  };
  const string decomposed = nfd("Éva Đặng");
  const Row rows[] = {{"Été à l’aube!", "[Été][à][l][aube]"},
                      {"Rech\u00adnung, x", "[Rech\u00adnung][x]"},
                      {"مُحَمَّد اتصل", "[مُحَمَّد][اتصل]"},
                      {"👍🏽!👩\u200d👧", "[👍🏽][👩\u200d][👧]"},
                      {"ｶﾞ oﬃce", "[ｶﾞ][oﬃce]"},
                      {"Straße.", "[Straße]"}};
  for (const auto& row : rows) EXPECT_EQ(places(row.written), row.words) << row.written;
  EXPECT_EQ(places(decomposed), "[" + nfd("Éva") + "][" + nfd("Đặng") + "]");
}

// What the index holds must be read as itself where it stands in a query.
TEST(Words, FoldedTextStaysAsItIs) {
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    string text;
    icu::UnicodeString(static_cast<UChar32>(c)).toUTF8String(text);
    for (const string& written : {text, "a" + text + "b"}) {
      const string once = folded(written);
      EXPECT_TRUE(is_utf8(once)) << static_cast<unsigned>(c);
      EXPECT_EQ(folded(once), once) << static_cast<unsigned>(c);
    }
  }
}

TEST(CollationKeys, AreInTheOrderOfNames) {
  const std::vector<std::vector<string>> lists = {
      {"Dora", "Đuro", "Émile", "Eric", "Lukas", "Łukasz", "Oskar", "Øystein", "Zoe"},
      {"7 Nains", "Ana", "Ángel", "anna", "Anna", "Åse", "Bo"},
      {"Mueller GmbH", "Müller", "Muster"},
      {"cote", "coté", "côte", "Côte", "côté"},
      {"Alpha", "Ζωή", "Анна", "Ёлка", "Жанна", "דוד", "محمد", "दिन", "あき", "東"},
      {"de la Cruz", "De La Cruz", "Delacroix"},
  };
  for (const auto& list : lists) {
    std::vector<string> keys;
    for (const auto& name : list) keys.push_back(collation_key(name));
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end())) << testing::PrintToString(list);
    EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end()) << testing::PrintToString(list);
  }
  EXPECT_EQ(collation_key(""), "");
  EXPECT_EQ(collation_key(" ?! "), "");
  EXPECT_LE(collation_key(string(10'000, 'x')).size(), 240u);
}

}  // namespace
}  // namespace callarchive
