#include "storage/items/phone.h"

#include <gtest/gtest.h>

#include <vector>

namespace callarchive::storage {
namespace {

struct Row {
  const char* text;
  const char* region;
  const char* number;
  const char* kind;
};

void expect_numbers(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    const auto number = normalize_number(row.text, row.region);
    ASSERT_TRUE(number) << row.text;
    EXPECT_EQ(number->number, row.number) << row.text << " in '" << row.region << "'";
    EXPECT_EQ(number->kind, row.kind) << row.text << " in '" << row.region << "'";
    // What is shown may be asked for.
    EXPECT_EQ(normalize_number(number->number, row.region), number) << row.text << " in '" << row.region << "'";
  }
}

TEST(Phone, ReadsOneTelephoneInEverySpelling) {
  expect_numbers({
      {"+14155550100", "", "+14155550100", "e164"},
      {" +1 (415) 555-0100 ", "", "+14155550100", "e164"},
      {"0014155550100", "US", "+14155550100", "e164"},
      {"01114155550100", "US", "+14155550100", "e164"},
      {"(415) 555-0100", "US", "+14155550100", "e164"},
      {"1-415-555-0100", "US", "+14155550100", "e164"},
      {"14155550100", "", "+14155550100", "e164"},
      {"06 12 34 56 78", "FR", "+33612345678", "e164"},
      {"+33 (0)6 12 34 56 78", "", "+33612345678", "e164"},
      {"0033612345678", "", "+33612345678", "e164"},
      {"33612345678", "FR", "+33612345678", "e164"},
      {"+39 06 1234 5678", "", "+390612345678", "e164"},  // Italy keeps its zero
      {"06 1234 5678", "IT", "+390612345678", "e164"},
      {"020 7183 8750", "GB", "+442071838750", "e164"},
      {"0171 1234567", "DE", "+491711234567", "e164"},
      {"8 (495) 123-45-67", "RU", "+74951234567", "e164"},
      {"0011 44 20 7183 8750", "AU", "+442071838750", "e164"},
      {"912 34 56 78", "ES", "+34912345678", "e164"},
  });
}

TEST(Phone, ReadsBlanksDashesAndDigitsOfEveryScript) {
  expect_numbers({
      {"\u202a+1\u00a0415 555 0100\u202c", "", "+14155550100", "e164"},
      {"＋１４１５５５５０１００", "", "+14155550100", "e164"},
      {"+33\u202f6\u202f12\u202f34\u202f56\u202f78", "", "+33612345678", "e164"},
      {"+٣٣٦١٢٣٤٥٦٧٨", "", "+33612345678", "e164"},
      {"+۳۳ ۶ ۱۲ ۳۴ ۵۶ ۷۸", "", "+33612345678", "e164"},
      {"+३३६१२३४५६७८", "", "+33612345678", "e164"},
      {"+৩৩৬১২৩৪৫৬৭৮", "", "+33612345678", "e164"},
      {"+๓๓๖๑๒๓๔๕๖๗๘", "", "+33612345678", "e164"},
      {"+33 6–12–34–56–78", "", "+33612345678", "e164"},
      {"+33 6—12‒34−56‑78", "", "+33612345678", "e164"},
      {"+33\u20096\u200912\u200934\u200956\u200978", "", "+33612345678", "e164"},
      {"+33\u00ad612\u200b345\ufeff678", "", "+33612345678", "e164"},
      {"+33\t6\n12 34 56 78", "", "+33612345678", "e164"},
      {"（０６）１２３４５６７８", "FR", "+33612345678", "e164"},
      {"+33 6/12/34/56/78", "", "+33612345678", "e164"},
      {"٣٦٣٠", "FR", "3630", "short_code"},
  });
}

TEST(Phone, ReadsAddressesAndExtensionsAsTheirNumber) {
  expect_numbers({
      {"tel:+1-415-555-0100", "", "+14155550100", "e164"},
      {"TEL:+1-415-555-0100;ext=4", "", "+14155550100", "e164"},
      {"tel:%2B14155550100", "", "+14155550100", "e164"},
      {"sip:+14155550100@sip.example.com;user=phone", "", "+14155550100", "e164"},
      {"sips:+14155550100@sip.example.com", "", "+14155550100", "e164"},
      {"\"Ann\" <sip:+14155550100@192.0.2.1:5060>", "", "+14155550100", "e164"},
      {"whatsapp:+14155550100", "", "+14155550100", "e164"},
      {"14155550100@s.whatsapp.net", "", "+14155550100", "e164"},
      {"callto:+14155550100", "", "+14155550100", "e164"},
      {"sms:+14155550100?body=Hi", "", "+14155550100", "e164"},
      {"+1 415 555 0100 ext. 5", "", "+14155550100", "e164"},
      {"+1 415 555 0100;ext=5", "", "+14155550100", "e164"},
      {"+1 415 555 0100 x5", "", "+14155550100", "e164"},
      {"+14155550100x5", "", "+14155550100", "e164"},
      {"+1 415 555 0100 Ext 5012", "", "+14155550100", "e164"},
      {"+1 415 555 0100 extension 5", "", "+14155550100", "e164"},
      {"+1 415 555 0100 #5", "", "+14155550100", "e164"},
      {"+14155550100,,5", "", "+14155550100", "e164"},
      {"01 84 80 00 00 poste 12", "FR", "+33184800000", "e164"},
      {"030 1234567 Durchwahl 12", "DE", "+49301234567", "e164"},
      {"+7 495 123-45-67 доб. 12", "", "+74951234567", "e164"},
      {"3630 ext. 4", "FR", "3630", "short_code"},
      {"0612345670 x4", "", "0612345670", "unknown"},
  });
}

TEST(Phone, ReadsLettersOfTheKeypad) {
  expect_numbers({
      {"1-800-FLOWERS", "US", "+18003569377", "e164"},
      {"1-800-FLOWERS", "", "+18003569377", "e164"},
      {"1-800-FLOWERS", "FR", "+18003569377", "e164"},
      {"+1 800 flowers", "", "+18003569377", "e164"},
      {"(800) FLOWERS", "US", "+18003569377", "e164"},
      {"0800 REVERSE", "GB", "+448007383773", "e164"},
      {"1300 FLOWER", "AU", "+611300356937", "e164"},
      {"36180Info", "FR", "36180INFO", "alphanumeric"},
      {"333 Pizza", "DK", "333 PIZZA", "alphanumeric"},  // +45 33 37 49 92 is somebody else's
      {"24 Hour Fitness", "US", "24 HOUR FITNESS", "alphanumeric"},
      {"100 Percent", "US", "100 PERCENT", "alphanumeric"},
      {"0800 REVERSE", "", "0800 REVERSE", "alphanumeric"},
  });
}

// "(458) 555-0142" is a number of Oregon, not +45 85 55 01 42 in Denmark.
TEST(Phone, ANationalNumberNeverBecomesAStrangers) {
  for (const char* region : {"", "FR", "DE", "DK", "GB", "JP", "SG", "ES"}) {
    expect_numbers({{"(458) 555-0142", region, "4585550142", "unknown"}});
  }
  expect_numbers({
      {"(458) 555-0142", "US", "+14585550142", "e164"},
      {"(458) 555-0142", "CA", "+14585550142", "e164"},
      {"4155550100", "", "4155550100", "unknown"},
      {"(336) 123-45678", "", "336 12345678", "unknown"},  // eleven digits, grouped against +33
      {"3361 2345678", "", "3361 2345678", "unknown"},
      {"33 6 12 34 56 78", "", "+33612345678", "e164"},
      {"1 (415) 555-0100", "", "+14155550100", "e164"},
      {"491711234567", "FR", "+491711234567", "e164"},
      {"33612345678", "DE", "+33612345678", "e164"},  // not Fürstenwalde, which begins with 0
      {"458555", "DE", "458555", "short_code"},
      {"4585550", "DE", "4585550", "unknown"},  // a local number of some German town
      {"12345678", "AT", "12345678", "unknown"},
      {"6561234567", "SG", "6561234567", "unknown"},
      {"4585550142", "DK", "4585550142", "unknown"},
      {"612345678", "FR", "+33612345678", "e164"},  // the zero that spreadsheets drop: France has no local numbers
      {"1711234567", "DE", "+491711234567", "e164"},
      {"912345678", "ES", "+34912345678", "e164"},
      {"21 23 45 67", "DK", "+4521234567", "e164"},
  });
}

TEST(Phone, WhatIsTooShortOrImpossibleIsUnknown) {
  expect_numbers({
      {"555-0142", "US", "5550142", "unknown"},
      {"0123456789", "US", "0123456789", "unknown"},
      {"+1 555 0142", "", "+15550142", "unknown"},
      {"+33 1 23", "", "+33123", "unknown"},
      {"+999999999999999999", "US", "+999999999999999999", "unknown"},
      {"+", "US", "+", "unknown"},
      {"0612345", "FR", "0612345", "unknown"},
      {"00 12 34", "FR", "001234", "short_code"},
      {"*31#", "FR", "*31#", "unknown"},
      {"+3630", "FR", "+3630", "unknown"},
      {"0000000000", "FR", "0000000000", "unknown"},
  });
}

TEST(Phone, OneNumberHasOneText) {
  for (const char* text : {"3630", "36 30", "36-30", "36.30", " 3 6 3 0 "}) {
    expect_numbers({{text, "FR", "3630", "short_code"}, {text, "", "3630", "short_code"}});
  }
  for (const char* text : {"0612345670", "06 12 34 56 70", "06.12.34.56.70", "(06) 12-34-56-70", "06/12 34 56 70",
                           "tel:0612345670", "06 12 34 56 70 ext. 4"}) {
    expect_numbers({{text, "", "0612345670", "unknown"}});
  }
  expect_numbers({
      {"32665", "US", "32665", "short_code"},
      {"118", "FR", "118", "short_code"},
      {"118 218", "FR", "118218", "short_code"},
      {"sip:ann@example.com", "US", "ann@example.com", "unknown"},
      {"SIP:Ann@Example.com", "US", "ann@example.com", "unknown"},
      {"1001@pbx.example.com", "US", "1001@pbx.example.com", "unknown"},
  });
}

TEST(Phone, SendersNamesAreOneWhateverTheirCase) {
  expect_numbers({
      {"Amazon", "US", "AMAZON", "alphanumeric"},
      {"amazon", "US", "AMAZON", "alphanumeric"},
      {"Société", "FR", "SOCIÉTÉ", "alphanumeric"},
      {"SOCIÉTÉ", "FR", "SOCIÉTÉ", "alphanumeric"},
      {"Socie\u0301te\u0301", "FR", "SOCIÉTÉ", "alphanumeric"},
      {"Müller", "", "MÜLLER", "alphanumeric"},
      {"Straße", "", "STRASSE", "alphanumeric"},
      {"STRAẞE", "", "STRASSE", "alphanumeric"},
      {"Теле2", "", "ТЕЛЕ2", "alphanumeric"},
      {"ΟΤΕς", "", "ΟΤΕΣ", "alphanumeric"},
      {"οτεσ", "", "ΟΤΕΣ", "alphanumeric"},
      {"ＡＭＡＺＯＮ", "", "AMAZON", "alphanumeric"},
      {"中国移动", "", "中国移动", "alphanumeric"},
      {"B  &  Q", "", "B & Q", "alphanumeric"},
      {"🎉", "", "🎉", "alphanumeric"},
      {"A sender whose name no network would carry", "", "a sender whose name no network would carry", "unknown"},
  });
}

TEST(Phone, KnowsCallersWhoWithholdTheirNumber) {
  const std::pair<const char*, const char*> rows[] = {
      {"Anonymous", "anonymous"},
      {"RESTRICTED", "restricted"},
      {"No Caller ID", "no caller id"},
      {"Private Number", "private number"},
      {"Unknown Caller", "unknown caller"},
      {"anonymous@anonymous.invalid", "anonymous@anonymous.invalid"},
      {"sip:anonymous@anonymous.invalid", "anonymous@anonymous.invalid"},
      {"\"Anonymous\" <sip:anonymous@anonymous.invalid>", "anonymous@anonymous.invalid"},
      {"+266696687", "+266696687"},
      {"266696687", "266696687"},
      {"+7378742833", "+7378742833"},
      {"Numéro masqué", "numéro masqué"},
      {"NUMÉRO MASQUÉ", "numéro masqué"},
      {"Nume\u0301ro prive\u0301", "numéro privé"},
      {"Appel anonyme", "appel anonyme"},
      {"Unterdrückt", "unterdrückt"},
      {"Anonymer Anrufer", "anonymer anrufer"},
      {"Número oculto", "número oculto"},
      {"Llamada privada", "llamada privada"},
      {"Numero privato", "numero privato"},
      {"Número não identificado", "número não identificado"},
      {"Anoniem", "anoniem"},
      {"Numer zastrzeżony", "numer zastrzeżony"},
      {"非通知", "非通知"},
  };
  for (const auto& [text, number] : rows)
    expect_numbers({{text, "FR", number, "anonymous"}, {text, "", number, "anonymous"}});
  expect_numbers({{"Unavailable", "US", "unavailable", "unknown"}, {"Inconnu", "FR", "inconnu", "unknown"}});
}

TEST(Phone, BlankTextIsNoNumber) {
  for (const char* text : {"", "  ", "tel:", "\u200e", "\t", "\u200b", "\u202e", "\u00a0"}) {
    EXPECT_FALSE(normalize_number(text, "US")) << text;
  }
}

TEST(Phone, KnowsTheCountry) {
  EXPECT_EQ(normalize_number("+33612345678", "")->country, "FR");
  EXPECT_EQ(normalize_number("32665", "US")->country, std::nullopt);
  EXPECT_EQ(normalize_number("+800 1234 5678", "")->country, std::nullopt);
}

TEST(Phone, KnowsItsRegions) {
  EXPECT_TRUE(is_known_region("FR"));
  EXPECT_FALSE(is_known_region("XX"));
}

}  // namespace
}  // namespace callarchive::storage
