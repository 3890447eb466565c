#pragma once

#include <optional>
#include <string>
#include <string_view>

// What a number is, and its canonical text. Only phone.cpp uses libphonenumber.

namespace callarchive::storage {

struct NormalNumber {
  std::string number;  // the canonical text
  std::string kind;    // e164, short_code, alphanumeric, anonymous, unknown
  std::optional<std::string> country;
  bool operator==(const NormalNumber&) const = default;
};

// Reads a number in any spelling, from deliveries and from queries alike. `default_region` (ISO 3166-1 alpha-2, or
// empty) is where a number without a country code is dialed. Returns nothing for blank text. All spellings of one
// telephone number have the same canonical text, and a canonical text is read as itself:
//
//   "+1 (415) 555-0100", "tel:+1-415-555-0100;ext=4", "0014155550100"  → +14155550100   e164
//   "36 30", "3630" → 3630 short_code;  "Amazon" → AMAZON alphanumeric;  "No Caller ID" → no caller id  anonymous
//   "(458) 555-0142" outside North America → 4585550142  unknown
//
// A number without '+', '00' or the region's own international prefix is one of the region, or unknown; only from
// eleven digits on may it be international, if it is valid there and its grouping does not contradict. So a national
// number of an unknown country never becomes the number of somebody else.
//
// May be called from any thread.
std::optional<NormalNumber> normalize_number(std::string_view text, const std::string& default_region);

// Whether libphonenumber knows the region ("FR", "US" …).
bool is_known_region(const std::string& region);

}  // namespace callarchive::storage
