#include "storage/items/phone.h"

#include <gtest/gtest.h>

namespace callarchive::storage {
namespace {

struct Row {
  const char* text;
  const char* region;
  const char* number;
  const char* kind;
};

TEST(Phone, ReadsOneTelephoneInEverySpelling) {
  const Row rows[] = {
      {"+14155550100", "", "+14155550100", "e164"},
      {" +1 (415) 555-0100 ", "", "+14155550100", "e164"},
      {"tel:+1-415-555-0100", "", "+14155550100", "e164"},
      {"0014155550100", "US", "+14155550100", "e164"},
      {"01114155550100", "US", "+14155550100", "e164"},
      {"(415) 555-0100", "US", "+14155550100", "e164"},
      {"14155550100", "", "+14155550100", "e164"},
      {"\u202a+1\u00a0415 555 0100\u202c", "", "+14155550100", "e164"},
      {"＋１４１５５５５０１００", "", "+14155550100", "e164"},
      {"06 12 34 56 78", "FR", "+33612345678", "e164"},
      {"0033612345678", "", "+33612345678", "e164"},
      {"+39 06 1234 5678", "", "+390612345678", "e164"},  // Italy keeps its zero
      {"+1 415 555 0100 ext. 5", "", "+14155550100;ext=5", "e164"},
  };
  for (const auto& row : rows) {
    const auto number = normalize_number(row.text, row.region);
    ASSERT_TRUE(number) << row.text;
    EXPECT_EQ(number->number, row.number) << row.text;
    EXPECT_EQ(number->kind, row.kind) << row.text;
  }
}

TEST(Phone, KeepsWhatIsNoTelephoneApart) {
  const Row rows[] = {
      {"32665", "US", "32665", "short_code"},
      {"118", "FR", "118", "short_code"},
      {"Amazon", "US", "AMAZON", "alphanumeric"},
      {"36180Info", "FR", "36180INFO", "alphanumeric"},
      {"1-800-FLOWERS", "US", "1-800-FLOWERS", "alphanumeric"},
      {"Anonymous", "US", "anonymous", "anonymous"},
      {"RESTRICTED", "US", "restricted", "anonymous"},
      {"Unavailable", "US", "unavailable", "unknown"},
      {"+", "US", "+", "unknown"},
      {"4155550100", "", "4155550100", "unknown"},
      {"sip:ann@example.com", "US", "sip:ann@example.com", "unknown"},
      {"+999999999999999999", "US", "+999999999999999999", "unknown"},
  };
  for (const auto& row : rows) {
    const auto number = normalize_number(row.text, row.region);
    ASSERT_TRUE(number) << row.text;
    EXPECT_EQ(number->number, row.number) << row.text;
    EXPECT_EQ(number->kind, row.kind) << row.text;
  }
}

TEST(Phone, BlankTextIsNoNumber) {
  for (const char* text : {"", "  ", "tel:", "\u200e", "\t"}) EXPECT_FALSE(normalize_number(text, "US")) << text;
}

TEST(Phone, KnowsTheCountry) {
  EXPECT_EQ(normalize_number("+33612345678", "")->country, "FR");
  EXPECT_EQ(normalize_number("32665", "US")->country, std::nullopt);
}

TEST(Phone, KnowsItsRegions) {
  EXPECT_TRUE(is_known_region("FR"));
  EXPECT_FALSE(is_known_region("XX"));
}

}  // namespace
}  // namespace callarchive::storage
