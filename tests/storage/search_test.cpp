#include "storage/search/grammar.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr Millis kNoon = 1'705'312'800'000;
constexpr Millis kMinute = 60'000;

class Search : public testing::Test {
 protected:
  CallCompleted call(const string& id, const vector<string>& said, Millis at = kNoon) {
    CallCompleted report;
    report.id = id;
    report.started_at = at;
    report.from_number = "+33612345678";
    report.to_number = "+14155550100";
    for (const auto& text : said) {
      TranscriptEntry entry;
      entry.position = static_cast<std::int64_t>(report.transcript.size());
      entry.source = entry.position % 2 == 0 ? "EXTERNAL" : "USER";
      entry.time = at + 1000 * (entry.position + 1);
      entry.text = text;
      report.transcript.push_back(entry);
    }
    return report;
  }
  void say(const string& id, const string& content, Millis at = kNoon) {
    MessageStored report;
    report.id = id;
    report.sent_at = at;
    report.content = content;
    report.from_number = "+442071838750";
    report.to_number = "+14155550100";
    archive_.tell(report);
  }

  vector<string> find(const string& q, SearchFilter filter = {}) {
    filter.q = q;
    const auto hits = archive_.reader().find_search_hits(filter, {});
    EXPECT_EQ(archive_.reader().count_search_hits(filter, true).total, static_cast<std::int64_t>(hits.rows.size()))
        << q;
    vector<string> ids;
    for (const auto& hit : hits.rows) {
      ids.push_back(hit.call ? hit.call->id : hit.message ? hit.message->id : hit.contact->id);
    }
    return ids;
  }
  SearchHit only_hit(const string& q) {
    auto hits = archive_.reader().find_search_hits({.q = q}, {});
    EXPECT_THAT(hits.rows, SizeIs(1)) << q;
    return hits.rows.empty() ? SearchHit{} : hits.rows.front();
  }

  TemporaryArchive archive_;
};

// The excerpt with the words that matched in brackets.
string marked(const Excerpt& excerpt) {
  std::u32string text;
  for (std::size_t at = 0; at < excerpt.text.size();) {
    const auto length = (excerpt.text[at] & 0x80) == 0   ? 1u
                        : (excerpt.text[at] & 0x20) == 0 ? 2u
                        : (excerpt.text[at] & 0x10) == 0 ? 3u
                                                         : 4u;
    char32_t c = 0;
    for (std::size_t i = 0; i < length; ++i) c = (c << 8) | static_cast<unsigned char>(excerpt.text[at + i]);
    text += c;
    at += length;
  }
  for (auto range = excerpt.ranges.rbegin(); range != excerpt.ranges.rend(); ++range) {
    text.insert(static_cast<std::size_t>(range->end), U"]");
    text.insert(static_cast<std::size_t>(range->begin), U"[");
  }
  string out;
  for (const auto c : text) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      if ((c >> shift) != 0) out += static_cast<char>((c >> shift) & 0xff);
    }
  }
  return out;
}

TEST_F(Search, FindsWordsOfDifferentSentencesAndNamesEach) {
  archive_.tell(call("cll-1", {"Bonjour, je voudrais annuler.", "Certainly, which order?", "L'annulation du café!"}));
  const auto hit = only_hit("CAFE bonjour annulation");
  EXPECT_EQ(hit.kind, SearchKind::call);
  EXPECT_EQ(hit.at, kNoon);
  ASSERT_THAT(hit.entries, SizeIs(2));
  EXPECT_EQ(hit.entries[0].position, 0);
  EXPECT_EQ(hit.entries[0].source, "EXTERNAL");
  EXPECT_EQ(hit.entries[0].start_seconds, 1.0);
  EXPECT_EQ(marked(hit.entries[0].excerpt), "[Bonjour], je voudrais annuler.");
  EXPECT_EQ(hit.entries[1].position, 2);
  EXPECT_EQ(marked(hit.entries[1].excerpt), "L'[annulation] du [café]!");
  EXPECT_THAT(hit.fields, IsEmpty());
}

TEST_F(Search, NamesTheFieldThatMatched) {
  auto report = call("cll-1", {"nothing of it"});
  report.summary = "A long summary about roofs.";
  report.one_sentence_summary = "Roofs.";
  report.from_name = "Zoë";
  report.to_name = "Main line";
  report.transfer_to = TransferParty{"+14155550177", {}, {}};
  archive_.tell(report);
  struct Row {
    const char* q;
    const char* field;
    const char* excerpt;
  };
  for (const auto& row : vector<Row>{{"long", "summary", "A [long] summary about roofs."},
                                     {"zoe", "from_name", "[Zoë]"},
                                     {"line", "to_name", "Main [line]"},
                                     {"555 0177", "transfer_to", "[+14155550177]"},
                                     {"33612", "from_number", "[+33612345678]"}}) {
    const auto hit = only_hit(row.q);
    ASSERT_THAT(hit.fields, SizeIs(1)) << row.q;
    EXPECT_EQ(hit.fields[0].field, row.field);
    // The plus is no part of the word.
    string plain = row.excerpt;
    if (const auto plus = plain.find("[+"); plus != string::npos) plain.replace(plus, 2, "+[");
    EXPECT_EQ(marked(hit.fields[0].excerpt), plain) << row.q;
  }
  // A line end inside a name does not make two fields of it.
  auto lines = call("cll-2", {"nothing"}, kNoon + kMinute);
  lines.from_name = "Marie\nDupont";
  lines.to_name = "Agence Nord";
  archive_.tell(lines);
  EXPECT_EQ(only_hit("dupont").fields.at(0).field, "from_name");
  EXPECT_EQ(only_hit("nord").fields.at(0).field, "to_name");
  const auto both = only_hit("roofs");
  ASSERT_THAT(both.fields, SizeIs(2));
  EXPECT_EQ(both.fields[1].field, "one_sentence_summary");
}

TEST_F(Search, ATranscriptWithoutEntriesIsAField) {
  auto report = call("cll-1", {});
  report.concatenated_transcript = "USER: all in one text";
  archive_.tell(report);
  const auto hit = only_hit("\"one text\"");
  ASSERT_THAT(hit.fields, SizeIs(1));
  EXPECT_EQ(hit.fields[0].field, "concatenated_transcript");
  EXPECT_EQ(marked(hit.fields[0].excerpt), "USER: all in [one text]");
}

TEST_F(Search, APhraseMayReachFromOneEntryIntoTheNext) {
  archive_.tell(call("cll-1", {"it was blue", "sky above", "blue is the sky"}));
  const auto hit = only_hit("\"blue sky\"");
  ASSERT_THAT(hit.entries, SizeIs(2));
  EXPECT_EQ(marked(hit.entries[0].excerpt), "it was [blue]");
  EXPECT_EQ(marked(hit.entries[1].excerpt), "[sky] above");
}

TEST_F(Search, KnowsPhrasesBeginningsAndExclusion) {
  say("a", "the quick brown fox", kNoon);
  say("b", "the brown quick fox", kNoon + kMinute);
  say("c", "quickly now", kNoon + 2 * kMinute);
  EXPECT_THAT(find("\"quick brown\""), ElementsAre("a"));
  EXPECT_THAT(find("quick*"), ElementsAre("c", "b", "a"));
  EXPECT_THAT(find("\"brown qu*\""), ElementsAre("b"));
  EXPECT_THAT(find("fox -\"quick brown\""), ElementsAre("b"));
  EXPECT_THAT(find("-fox"), ElementsAre("c"));
  EXPECT_THAT(find("-fox -quick*"), IsEmpty());
  EXPECT_THAT(find("fox OR quickly"), IsEmpty());
}

TEST_F(Search, ApostrophesPartWords) {
  say("fr", "l'annulation d’aujourd'hui");
  say("en", "I don't know", kNoon + kMinute);
  EXPECT_THAT(find("annulation"), ElementsAre("fr"));
  EXPECT_THAT(find("l’annulation"), ElementsAre("fr"));
  EXPECT_THAT(find("aujourd'hui"), ElementsAre("fr"));
  EXPECT_THAT(find("don't"), ElementsAre("en"));
  EXPECT_THAT(find("don’t know"), ElementsAre("en"));
}

TEST_F(Search, LettersThatFewKeyboardsHaveAreSpelledPlainly) {
  say("œ", "Ma sœur a le cœur gros, ex æquo: des ŒUFS et des vœux");
  say("oe", "la soeur du coeur", kNoon + kMinute);
  say("ß", "die Straße lʼhôtel", kNoon + 2 * kMinute);
  for (const char* q : {"coeur", "cœur", "COEUR", "\"le coeur\" OEUFS", "soe*", "sœ*", "aequo"}) {
    EXPECT_THAT(find(q), testing::Contains("œ")) << q;
  }
  EXPECT_THAT(find("cœur soeur"), ElementsAre("oe", "œ"));
  EXPECT_THAT(find("strasse hotel"), ElementsAre("ß"));
  const auto hit = only_hit("coeur oeufs");
  EXPECT_EQ(marked(hit.fields.at(0).excerpt), "Ma sœur a le [cœur] gros, ex æquo: des [ŒUFS] et des vœux");
  ContactChanged contact;
  contact.id = "con-1";
  contact.name = "Sœur Anne";
  archive_.tell(contact);
  EXPECT_THAT(find("soeur anne"), ElementsAre("con-1"));
}

TEST_F(Search, FindsWordsHoweverTheyAreSpelled) {
  struct Row {
    const char* said;
    const char* q;
    bool finds;
    const char* shown = nullptr;  // with what matched in brackets
  };
  const Row rows[] = {
      // with or without accents
      {"Η Κατερίνα τηλεφώνησε", "κατερινα", true, "Η [Κατερίνα] τηλεφώνησε"},
      {"Paweł Wałęsa", "pawel walesa", true, "[Paweł] [Wałęsa]"},
      {"Đặng Thị Hồng", "dang hong", true, "[Đặng] Thị [Hồng]"},
      {"Søren Jørgensen", "SOREN", true, "[Søren] Jørgensen"},
      {"Strasse", "Straße", true, "[Strasse]"},
      {"Þórður hringdi", "thordur", true, "[Þórður] hringdi"},
      {"Ёлка дома", "елка", true, "[Ёлка] дома"},
      // composed and decomposed
      {"ο Γιω\u0301ργος", "Γιώργος", true, "ο [Γιω\u0301ργος]"},
      {"Сергей писал", "Серге\u0438\u0306", true, "[Сергей] писал"},
      {"Nguye\u0302\u0303n", "Nguyễn", true, "[Nguye\u0302\u0303n]"},
      {"か\u3099んばって", "がんばって", true, "[か\u3099んばって]"},
      {"\u1112\u1161\u11ab", "한", true, "[\u1112\u1161\u11ab]"},
      // vowel signs and points
      {"दान मिला", "दिन", false},
      {"मेला लगा", "मिल", false},
      {"দান করা", "দিন", false},
      {"கா", "க", false},
      {"رَقْمُ الهاتف", "رقم", true, "[رَقْمُ] الهاتف"},
      {"مُحَمَّد اتصل", "محمد", true, "[مُحَمَّد] اتصل"},
      {"مــحمد", "محمد", true, "[مــحمد]"},
      {"שָׁלוֹם", "שלום", true, "[שָׁלוֹם]"},
      // invisible characters, widths, ligatures
      {"Rech\u00adnungs\u00adnummer 7", "Rechnungsnummer", true, "[Rech\u00adnungs\u00adnummer] 7"},
      {"pro\u200bmo\u200bcode", "promocode", true, "[pro\u200bmo\u200bcode]"},
      {"ＮＴＴ東日本", "NTT", true, "[ＮＴＴ]東日本"},
      {"oﬃce ﬂat", "office flat", true, "[oﬃce] [ﬂat]"},
      {"promocode", "pro\u200bmocode", true, "[promocode]"},
      {"٣٣٦ نعم", "336", true, "[٣٣٦] نعم"},
      // emoji
      {"merci 👍🏽!", "👍", true, "merci [👍🏽]!"},
      {"merci 👍", "👎", false},
      {"super👍", "super", true, "[super]👍"},
      {"vive 🇫🇷", "🇫🇷", true, "vive [🇫🇷]"},
      {"vive 🇩🇪", "🇫🇷", false},
      {"bisous 👩\u200d👧", "👧", true, "bisous 👩\u200d[👧]"},
      {"je t'aime ❤\ufe0f", "\"aime ❤\"", true, "je t'[aime ❤\ufe0f]"},
  };
  int i = 0;
  for (const auto& row : rows) {
    const string id = "m" + std::to_string(i);
    say(id, row.said, kNoon + kMinute * i++);
    const auto hits = archive_.reader().find_search_hits({.q = row.q}, {});
    const auto hit = std::find_if(hits.rows.begin(), hits.rows.end(),
                                  [&](const SearchHit& one) { return one.message && one.message->id == id; });
    ASSERT_EQ(hit != hits.rows.end(), row.finds) << row.q << " in " << row.said;
    if (!row.finds) continue;
    ASSERT_THAT(hit->fields, SizeIs(1)) << row.said;
    EXPECT_EQ(marked(hit->fields[0].excerpt), row.shown) << row.q;
  }
}

TEST_F(Search, FindsEverythingThatWasSaid) {
  auto report = call("cll-1", {"nothing of it"});
  report.data_collected = {{"a", "\"ORD-4711\""},
                           {"issue", "\"broken\\nboiler\""},
                           {"party_size", "4096"},
                           {"tags", R"(["vip","Café"])"},
                           {"vip", "true"}};
  report.ivr_result = {{"2", "Warranty desk"}, {"9", "Straße"}};
  report.transfer_from = TransferParty{"+14155550166", "noe@example.org", "Noé"};
  report.transfer_to = TransferParty{"+14155550177", {}, "Apolline"};
  archive_.tell(report);
  struct Row {
    const char* q;
    const char* field;
    const char* excerpt;
  };
  for (const auto& row : vector<Row>{{"ORD-4711", "data_collected", "[ORD-4711]"},
                                     {"boiler", "data_collected", "broken [boiler]"},
                                     {"4096", "data_collected", "[4096]"},
                                     {"cafe", "data_collected", "[\"vip\",\"[Café]\"]"},
                                     {"warranty", "ivr_result", "2 [Warranty] desk"},
                                     {"strasse", "ivr_result", "9 [Straße]"},
                                     {"noe@example.org", "transfer_from", "Noé [noe@example.org]"},
                                     {"apolline", "transfer_to", "[Apolline] "}}) {
    const auto hit = only_hit(row.q);
    ASSERT_THAT(hit.fields, SizeIs(1)) << row.q;
    EXPECT_EQ(hit.fields[0].field, row.field) << row.q;
    EXPECT_EQ(marked(hit.fields[0].excerpt), row.excerpt) << row.q;
  }
  ContactChanged contact;
  contact.id = "con-1";
  contact.name = "Nora";
  contact.properties =
      vector<JsonMember>{{"segment", "\"goldmember\""}, {"vat", "\"FR73282932000\""}, {"score", "7315"}};
  archive_.tell(contact);
  for (const char* q : {"goldmember", "fr73282932000", "7315"}) {
    const auto hit = only_hit(q);
    ASSERT_THAT(hit.fields, SizeIs(1)) << q;
    EXPECT_EQ(hit.fields[0].field, "properties") << q;
  }
  EXPECT_THAT(find("segment"), IsEmpty()) << "keys were not said";
  contact.properties = vector<JsonMember>{{"segment", "\"silver\""}};
  archive_.tell(contact);
  EXPECT_THAT(find("goldmember"), IsEmpty());
  EXPECT_THAT(find("silver"), ElementsAre("con-1"));
}

TEST_F(Search, FiltersByCollectedDataAndByProperties) {
  const auto tell = [&](const string& id, vector<JsonMember> collected, Millis at) {
    auto report = call(id, {}, at);
    report.data_collected = std::move(collected);
    archive_.tell(report);
  };
  const string long_text(200, 'x');
  tell("text", {{"order", "\"4711\""}, {"name", "\"Zoë\""}}, kNoon);
  tell("number", {{"order", "4711"}, {"vip", "true"}}, kNoon + kMinute);
  tell("long", {{"order", "\"" + long_text + "1\""}, {"Order", "\"4712\""}}, kNoon + 2 * kMinute);
  tell("quoted", {{"order", R"("say \"yes\": now")"}, {"none", "\"\""}}, kNoon + 3 * kMinute);
  archive_.tell(call("without", {}, kNoon + 4 * kMinute));
  const auto calls = [&](vector<Member> collected) {
    CallFilter filter;
    filter.collected = std::move(collected);
    vector<string> ids;
    for (const auto& one : archive_.reader().find_calls(filter, {}).rows) ids.push_back(one.id);
    EXPECT_EQ(archive_.reader().count_calls(filter, true).total, static_cast<std::int64_t>(ids.size()));
    return ids;
  };
  EXPECT_THAT(calls({{"order", "4711"}}), ElementsAre("number", "text"));
  EXPECT_THAT(calls({{"order", "471"}}), IsEmpty());
  EXPECT_THAT(calls({{"order", "4712"}}), IsEmpty());
  EXPECT_THAT(calls({{"Order", "4712"}}), ElementsAre("long"));
  EXPECT_THAT(calls({{"order", long_text + "1"}}), ElementsAre("long"));
  EXPECT_THAT(calls({{"order", long_text + "2"}}), IsEmpty());
  EXPECT_THAT(calls({{"order", "say \"yes\": now"}}), ElementsAre("quoted"));
  EXPECT_THAT(calls({{"none", ""}}), ElementsAre("quoted"));
  EXPECT_THAT(calls({{"vip", "true"}}), ElementsAre("number"));
  EXPECT_THAT(calls({{"name", "Zoë"}}), ElementsAre("text"));
  EXPECT_THAT(calls({{"name", "zoe"}}), IsEmpty());
  EXPECT_THAT(calls({{"order", "4711"}, {"vip", "true"}}), ElementsAre("number"));
  EXPECT_THAT(calls({{"order", "4711"}, {"vip", "false"}}), IsEmpty());
  for (const auto& [id, value] :
       {std::pair("con-1", "\"gold\""), std::pair("con-2", "12"), std::pair("con-3", "\"gol\"")}) {
    ContactChanged contact;
    contact.id = id;
    contact.properties = vector<JsonMember>{{"segment", value}};
    archive_.tell(contact);
  }
  const auto contacts = [&](vector<Member> properties) {
    ContactFilter filter;
    filter.properties = std::move(properties);
    vector<string> ids;
    for (const auto& one : archive_.reader().find_contacts(filter, {}).rows) ids.push_back(one.id);
    return ids;
  };
  EXPECT_THAT(contacts({{"segment", "gold"}}), ElementsAre("con-1"));
  EXPECT_THAT(contacts({{"segment", "12"}}), ElementsAre("con-2"));
  EXPECT_THAT(contacts({{"Segment", "gold"}}), IsEmpty());
}

TEST_F(Search, ContactsAreInTheOrderOfNames) {
  vector<string> names = {"Zoe",  "Øystein", "Oskar", "Łukasz", "Lukas", "Đuro",
                          "Dora", "Émile",   "Eric",  "",       "東",    "anna"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    ContactChanged contact;
    contact.id = "con-" + std::to_string(i);
    contact.name = names[i];
    archive_.tell(contact);
  }
  vector<string> listed;
  Page page{.limit = 5};
  for (bool more = true; more;) {
    const auto slice = archive_.reader().find_contacts({}, page);
    for (const auto& contact : slice.rows) listed.push_back(contact.name.value_or(""));
    more = slice.has_more;
    page.after = slice.last_key;
    page.after_text = slice.last_text;
  }
  EXPECT_THAT(listed, ElementsAre("anna", "Dora", "Đuro", "Émile", "Eric", "Lukas", "Łukasz", "Oskar", "Øystein", "Zoe",
                                  "東", ""));
}

TEST_F(Search, MarksOfThaiLettersCount) {
  say("eat", "ฉันกินข้าวแล้ว");
  say("each other", "เรากันเอง", kNoon + kMinute);
  EXPECT_THAT(find("กิน"), ElementsAre("eat"));
  EXPECT_THAT(find("กัน"), ElementsAre("each other"));
  EXPECT_THAT(find("กน"), IsEmpty());
  EXPECT_EQ(marked(only_hit("กิน").fields.at(0).excerpt), "ฉัน[กิน]ข้าวแล้ว");
}

TEST_F(Search, NoWordIsLeftOutUpToTheLimit) {
  string words;
  for (int i = 0; i < 63; ++i) words += "w" + std::to_string(i) + ' ';
  say("all", words);
  EXPECT_THAT(find(words), ElementsAre("all"));
  EXPECT_THAT(find(words + "missing"), IsEmpty());
  EXPECT_THAT(find('"' + words + '"'), ElementsAre("all"));
  EXPECT_THAT(find('"' + words + "missing\""), IsEmpty());
  string unwanted = "w1";
  for (int i = 0; i < 62; ++i) unwanted += " -x" + std::to_string(i);
  EXPECT_THAT(find(unwanted), ElementsAre("all"));
  EXPECT_THAT(find(unwanted + " -w2"), IsEmpty());
  auto reader = archive_.reader();
  const string many = words + "one more";
  EXPECT_THROW(reader.find_search_hits({.q = many}, {}), TooManyWords);
  EXPECT_THROW(reader.find_calls({.q = many}, {}), TooManyWords);
  EXPECT_THROW(reader.find_messages({.q = many}, {}), TooManyWords);
  EXPECT_THROW(reader.find_contacts({.q = many}, {}), TooManyWords);
  EXPECT_THROW(reader.count_search_hits({.q = many}, true), TooManyWords);
}

TEST_F(Search, FindsInsideTextWithoutSpaces) {
  archive_.tell(call("cll-1", {"hello", "明日iPhoneの価格を確認します"}));
  say("th", "สวัสดีครับ", kNoon + kMinute);
  say("other", "東、京", kNoon + 2 * kMinute);
  EXPECT_THAT(find("価格"), ElementsAre("cll-1"));
  EXPECT_THAT(find("iphone"), ElementsAre("cll-1"));
  EXPECT_THAT(find("iPhoneの価"), ElementsAre("cll-1"));
  EXPECT_THAT(find("格価"), IsEmpty());
  EXPECT_THAT(find("東京"), IsEmpty());
  EXPECT_THAT(find("สวัสดี"), ElementsAre("th"));
  EXPECT_THAT(find("hello 価格 -東京"), ElementsAre("cll-1"));
  const auto hit = only_hit("iphoneの価格");
  ASSERT_THAT(hit.entries, SizeIs(1));
  EXPECT_EQ(hit.entries[0].position, 1);
  EXPECT_EQ(marked(hit.entries[0].excerpt), "明日[iPhoneの価格]を確認します");
}

TEST_F(Search, DigitsFindNumbersThatContainThem) {
  archive_.tell(call("cll-1", {"call me at 06 99 88 77 66 please"}));
  say("msg", "the code is 4155550100", kNoon + kMinute);
  EXPECT_THAT(find("234567"), ElementsAre("cll-1"));
  EXPECT_THAT(find("06 12 34 56 78"), ElementsAre("cll-1"));
  EXPECT_THAT(find("+33 6 12"), ElementsAre("cll-1"));
  EXPECT_THAT(find("0033 6 12 34 56 78"), ElementsAre("cll-1"));
  EXPECT_THAT(find("(415) 555-0100"), ElementsAre("msg", "cll-1"));
  EXPECT_THAT(find("7183"), ElementsAre("msg"));
  EXPECT_THAT(find("06 99 88 77 66"), ElementsAre("cll-1"));
  EXPECT_THAT(find("-234567"), ElementsAre("msg"));
  EXPECT_THAT(find("-7183 415"), ElementsAre("cll-1"));
  EXPECT_THAT(find("please 7183"), IsEmpty());
  EXPECT_THAT(find("41"), IsEmpty());
}

TEST_F(Search, DigitsFindShortAndNationalNumbersFromEachDigit) {
  MessageStored message;
  message.id = "short";
  message.sent_at = kNoon;
  message.direction = "INBOUND";
  message.from_number = "38600";
  message.to_number = "0612345678901";  // too long to be anything but itself
  archive_.tell(message);
  for (const char* q : {"38600", "386", "860", "600", "0612345678901", "612345678", "678901"}) {
    EXPECT_THAT(find(q), ElementsAre("short")) << q;
  }
}

TEST_F(Search, DigitsFindThemselvesInGroups) {
  say("fr", "rappelez le 06.98.76.54.32 demain");
  say("us", "call (415) 555-0199", kNoon + kMinute);
  EXPECT_THAT(find("0698765432"), ElementsAre("fr"));
  EXPECT_THAT(find("06 98 76 54 32"), ElementsAre("fr"));
  EXPECT_THAT(find("4155550199"), ElementsAre("us"));
  EXPECT_EQ(marked(only_hit("0698765432").fields.at(0).excerpt), "rappelez le [06.98.76.54.32] demain");
}

TEST_F(Search, DigitsThatMostNumbersShareFindThem) {
  vector<Event> told;
  const auto from = [&](const string& number) {
    MessageStored message;
    message.id = "msg-" + std::to_string(told.size());
    message.sent_at = kNoon + static_cast<Millis>(told.size());
    message.from_number = number;
    message.content = "hello";
    told.push_back(message);
  };
  for (int i = 0; i < 10500; ++i) from("+336125" + std::to_string(10000 + i));  // more than are named one by one
  from("+33612500000");
  from("+14155550199");
  from("+442071838750");
  archive_.tell_all(told);
  const auto count = [&](const string& q) { return archive_.reader().count_search_hits({.q = q}, true).total; };
  EXPECT_EQ(count("06 12"), 10501);
  EXPECT_EQ(count("6125"), 10501);
  EXPECT_EQ(count("41555"), 1);
  EXPECT_EQ(count("2071838"), 1);
  EXPECT_EQ(count("12510000"), 1);
  EXPECT_EQ(count("0612510000"), 1);
  EXPECT_THAT(find("06 12 50 00 00"), ElementsAre("msg-10500"));
}

TEST_F(Search, FindsContactsBeforeTheRestAndOnlyWithoutTimes) {
  ContactChanged contact;
  contact.id = "con-1";
  contact.name = "Élodie";
  contact.last_name = "O'Neil";
  contact.company = Company{{}, "Toits & Cie"};
  contact.emails = vector<string>{"info@toits.example", "elodie@toits.example"};
  contact.numbers = vector<string>{"+33 6 12 34 56 78"};
  archive_.tell(contact);
  say("msg", "Elodie called");
  EXPECT_THAT(find("elodie"), ElementsAre("con-1", "msg"));
  EXPECT_THAT(find("elodie", {{.since = 0}}), ElementsAre("msg"));
  EXPECT_THAT(find("elodie", {.kinds = {SearchKind::contact}}), ElementsAre("con-1"));
  EXPECT_THAT(find("elodie", {.kinds = {SearchKind::call}}), IsEmpty());
  EXPECT_THAT(find("elodie", {{.numbers = {"0033612345678"}}}), ElementsAre("con-1"));
  EXPECT_THAT(find("-called"), ElementsAre("con-1"));
  const auto hit = only_hit("élodie@toits.example o'neil 3456");
  vector<string> fields;
  for (const auto& field : hit.fields) fields.push_back(field.field + ": " + marked(field.excerpt));
  EXPECT_THAT(fields, ElementsAre("last_name: [O'Neil]", "emails: [elodie@toits.example]", "numbers: +[33612345678]"));
}

TEST_F(Search, FiltersByDirectionResultTagAndUser) {
  ContactChanged contact;
  contact.id = "con-1";
  contact.name = "Hello";
  archive_.tell(contact);
  const auto tell_call = [&](const string& id, const char* direction, const char* result, const char* user, Millis at) {
    auto report = call(id, {"hello"}, at);
    report.direction = direction;
    report.result = result;
    report.user_email = user;
    report.tags = vector<string>{result == string("FAILED") ? "late" : "vip"};
    archive_.tell(report);
  };
  tell_call("cll-1", "INBOUND", "ANSWERED", "lea@example.org", kNoon);
  tell_call("cll-2", "OUTBOUND", "FAILED", "noe@example.org", kNoon + kMinute);
  for (const auto& [id, direction, at] :
       {std::tuple("msg-1", "INBOUND", kNoon + 2 * kMinute), std::tuple("msg-2", "OUTBOUND", kNoon + 3 * kMinute)}) {
    MessageStored report;
    report.id = id;
    report.sent_at = at;
    report.content = "hello";
    report.direction = direction;
    report.from_number = "+442071838750";
    archive_.tell(report);
  }
  struct Row {
    const char* name;
    SearchFilter filter;
    vector<string> expected;
  };
  for (const char* q : {"hello", "-goodbye"}) {  // along the text, and along the tables
    for (const auto& row : vector<Row>{
             {"nothing", {}, {"con-1", "msg-2", "msg-1", "cll-2", "cll-1"}},
             {"in", {{.direction = "INBOUND"}}, {"msg-1", "cll-1"}},
             {"out", {{.direction = "OUTBOUND"}}, {"msg-2", "cll-2"}},
             {"out and best first", {{.direction = "OUTBOUND"}, "", {}, SearchSort::relevance}, {"msg-2", "cll-2"}},
             {"out of a number", {{.numbers = {"+442071838750"}, .direction = "OUTBOUND"}}, {"msg-2"}},
             {"calls in", {{.direction = "INBOUND"}, "", {SearchKind::call}}, {"cll-1"}},
             {"messages in", {{.direction = "INBOUND"}, "", {SearchKind::message}}, {"msg-1"}},
             {"result", {{.result = "FAILED"}}, {"cll-2"}},
             {"tag", {{.tag = "vip"}}, {"cll-1"}},
             {"user", {{.user_email = "noe@example.org"}}, {"cll-2"}},
             {"user of messages", {{.user_email = "noe@example.org"}, "", {SearchKind::message}}, {}},
             {"all",
              {{.direction = "OUTBOUND", .result = "FAILED", .tag = "late", .user_email = "noe@example.org"}},
              {"cll-2"}},
             {"none", {{.direction = "INBOUND", .tag = "late"}}, {}},
             {"unknown", {{.tag = "no such tag"}}, {}},
         }) {
      auto found = find(q, row.filter);
      auto expected = row.expected;
      if (row.filter.sort == SearchSort::relevance) {
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
      }
      EXPECT_EQ(found, expected) << q << ": " << row.name;
    }
  }
}

TEST_F(Search, FiltersByNumberKindAndTime) {
  archive_.tell(call("cll-1", {"hello"}, kNoon));
  say("msg-1", "hello", kNoon + kMinute);
  say("msg-2", "hello", kNoon + 2 * kMinute);
  EXPECT_THAT(find("hello"), ElementsAre("msg-2", "msg-1", "cll-1"));
  EXPECT_THAT(find("hello", {{.numbers = {"+33612345678"}}}), ElementsAre("cll-1"));
  EXPECT_THAT(find("hello", {{.numbers = {"+33612345678", "+14155550100"}}}), ElementsAre("msg-2", "msg-1", "cll-1"));
  EXPECT_THAT(find("hello", {{.numbers = {"+999999999"}}}), IsEmpty());
  EXPECT_THAT(find("hello", {{.since = kNoon + kMinute, .until = kNoon + 2 * kMinute}}), ElementsAre("msg-1"));
  EXPECT_THAT(find("hello", {.sort = SearchSort::relevance}), SizeIs(3));
}

TEST_F(Search, RanksTheNewestAndSaysSo) {
  archive_.tell(call("cll-1", {"the needle stands in a very long talk about so many other things that nobody heard"}));
  for (int i = 0; i < 5; ++i)
    say("far-" + std::to_string(i), "needle among words and words and more words " + string(200, 'x'),
        kNoon + i * kMinute);
  say("near", "needle", kNoon - kMinute);
  const auto best = archive_.reader().find_search_hits({.q = "needle", .sort = SearchSort::relevance}, {.limit = 2});
  EXPECT_EQ(best.rows.at(0).message->id, "near");
  EXPECT_TRUE(best.has_more);
  EXPECT_FALSE(best.ranked_newest_only);
  for (int i = 0; i < 2000; ++i) say("m-" + std::to_string(i), "needle needle", kNoon + kMinute * (10 + i));
  const auto cut = archive_.reader().find_search_hits({.q = "needle", .sort = SearchSort::relevance}, {});
  EXPECT_TRUE(cut.ranked_newest_only);
  EXPECT_EQ(archive_.reader().count_search_hits({.q = "needle"}, false).total, 2007);
  for (const bool exact : {false, true}) {
    const SearchFilter ranked = {.q = "needle", .sort = SearchSort::relevance};
    const auto count = archive_.reader().count_search_hits(ranked, exact);
    EXPECT_EQ(count.total, kRankedHits) << "what all pages have";
    EXPECT_TRUE(count.exact);
    EXPECT_THAT(archive_.reader().find_search_hits(ranked, {.limit = 2 * kRankedHits}).rows, SizeIs(kRankedHits));
  }
}

TEST_F(Search, ARareWordCountsMoreWhateverDatesThereAre) {
  vector<Event> told;
  const auto write = [&](const string& id, const string& content, Millis at) {
    MessageStored message;
    message.id = id;
    message.sent_at = at;
    message.content = content;
    told.push_back(message);
  };
  // Both words stand in more messages than are looked at to learn how rare they are.
  for (int i = 0; i < 6000; ++i)
    write("m-" + std::to_string(i), i % 5 == 0 ? "often seldom a b c d e f" : "often indeed", kNoon + i * kMinute);
  write("of the seldom", "often seldom seldom seldom a b c d", kNoon + 7000 * kMinute);
  write("of the often", "often often often often often often often seldom", kNoon + 7001 * kMinute);
  write("wrong clock", "often", 0);
  write("another one", "often", 4'102'444'800'000);
  archive_.tell_all(told);
  const auto best =
      archive_.reader().find_search_hits({.q = "often seldom", .sort = SearchSort::relevance}, {.limit = 2});
  EXPECT_EQ(best.rows.at(0).message->id, "of the seldom");
}

TEST_F(Search, PagesVisitEachHitOnce) {
  vector<string> expected;
  for (int i = 0; i < 12; ++i) {
    ContactChanged contact;
    contact.id = "con-" + std::to_string(i);
    contact.name = "Needle";
    archive_.tell(contact);
    expected.push_back(contact.id);
    say("msg-" + std::to_string(i), "needle", kNoon + i * kMinute);
    expected.push_back("msg-" + std::to_string(i));
  }
  for (const auto sort : {SearchSort::newest, SearchSort::relevance}) {
    for (const std::int64_t limit : {1, 3, 4, 5, 12, 23, 24, 50}) {
      vector<string> seen;
      SearchPage page{.limit = limit};
      while (true) {
        const auto hits = archive_.reader().find_search_hits({.q = "needle", .sort = sort}, page);
        for (const auto& hit : hits.rows) seen.push_back(hit.message ? hit.message->id : hit.contact->id);
        if (!hits.has_more) break;
        ASSERT_EQ(hits.rows.size(), static_cast<std::size_t>(limit));
        page.after = hits.last;
      }
      EXPECT_THAT(seen, testing::UnorderedElementsAreArray(expected)) << limit;
    }
  }
}

TEST_F(Search, WhatChangedIsFoundAsItIsNow) {
  archive_.tell(call("cll-1", {"first words"}), kNoon);
  archive_.tell(call("cll-1", {"second 東京 words"}, kNoon + kMinute), kNoon + kMinute);
  EXPECT_THAT(find("first"), IsEmpty());
  EXPECT_THAT(find("second 東京"), ElementsAre("cll-1"));
  archive_.tell(SummaryChanged{"cll-1", "a new summary", 2}, kNoon + 2 * kMinute);
  EXPECT_THAT(find("new summary second"), ElementsAre("cll-1"));
}

TEST_F(Search, WordsWithTheSameBeginningAreFoundHoweverMany) {
  string many;
  for (int i = 0; i < 4500; ++i) many += "zz" + std::to_string(i) + "x ";
  say("many", many, kNoon);
  say("one", "zz17y", kNoon + kMinute);
  say("folded", "İstanbul, Straße, ÎSLE, Ǆungla, ﬁancé", kNoon + 2 * kMinute);
  EXPECT_THAT(find("zz*"), ElementsAre("one", "many"));  // more words than are spelled out
  EXPECT_THAT(find("zz17*"), ElementsAre("one", "many"));
  EXPECT_THAT(find("zz17y*"), ElementsAre("one"));
  EXPECT_THAT(find("zz* -zz17y*"), ElementsAre("many"));
  EXPECT_THAT(find("zz17* zz18*"), ElementsAre("many"));
  EXPECT_THAT(find("zz17*", {.sort = SearchSort::relevance}), ElementsAre("many", "one"));
  for (const auto* beginning : {"İst*", "stra*", "isl*", "ǆ*", "ﬁa*"}) {
    EXPECT_THAT(find(beginning), ElementsAre("folded")) << beginning;
  }
  EXPECT_THAT(find("zzz*"), IsEmpty());
}

TEST_F(Search, ACommitIsOnePiece) {
  TemporaryArchive archive;
  vector<Event> told;
  for (int i = 0; i < 60; ++i) {
    MessageStored message;
    message.id = "msg-" + std::to_string(i % 40);  // a third of them a second time, with other words
    message.sent_at = 1'700'000'000'000 - i % 40;
    message.content = "zebra number" + std::to_string(i);
    told.push_back(message);
  }
  archive.tell_all(told);
  EXPECT_EQ(archive.ask("SELECT count(DISTINCT segid) FROM search_idx"), "1");
  EXPECT_EQ(archive.reader().count_search_hits({.q = "zebra"}, true).total, 40);
  EXPECT_EQ(archive.reader().count_search_hits({.q = "number5"}, true).total, 0);
  EXPECT_EQ(archive.reader().count_search_hits({.q = "number45"}, true).total, 1);
}

TEST_F(Search, ItsPiecesAreMergedWhileNobodySendsAnything) {
  TemporaryArchive archive;
  for (int i = 0; i < 40; ++i) {
    MessageStored message;
    message.id = "msg-" + std::to_string(i);
    message.sent_at = 1'700'000'000'000 + i;
    message.content = "zebra number" + std::to_string(i);
    archive.tell(message);
  }
  const auto pieces = [&] { return std::stoi(archive.ask("SELECT count(DISTINCT segid) FROM search_idx")); };
  EXPECT_GT(pieces(), 3);
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (pieces() > 3 && std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(pieces(), 3);
  EXPECT_EQ(archive.reader().count_search_hits({.q = "zebra"}, true).total, 40);
}

TEST_F(Search, EmptyTextIsRefusedEverywhere) {
  auto reader = archive_.reader();
  EXPECT_THROW(reader.find_search_hits({.q = "..."}, {}), EmptySearch);
  EXPECT_THROW(reader.count_search_hits({.q = ""}, true), EmptySearch);
  EXPECT_THROW(reader.find_calls({.q = "?!"}, {}), EmptySearch);
  EXPECT_THROW(reader.find_messages({.q = "-"}, {}), EmptySearch);
  EXPECT_THROW(reader.find_contacts({.q = "''"}, {}), EmptySearch);
}

}  // namespace
}  // namespace callarchive
