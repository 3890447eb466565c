#pragma once

#include <optional>
#include <string>
#include <string_view>

// The one door to libphonenumber: what a number is, and its canonical text.

namespace callarchive::storage {

struct NormalNumber {
  std::string number;  // the canonical text
  std::string kind;    // e164, short_code, alphanumeric, anonymous, unknown
  std::optional<std::string> country;
  bool operator==(const NormalNumber&) const = default;
};

// Reads a number in any spelling. `default_region` (ISO 3166-1 alpha-2, or empty) is where a number without a
// country code is dialled. Nothing when the text is empty. Two texts of one telephone have one canonical text:
//
//   "+1 (415) 555-0100", "tel:+1-415-555-0100", "0014155550100"  → +14155550100   e164
//   "32665" → 32665 short_code;  "Amazon" → AMAZON alphanumeric;  "Anonymous" → anonymous  anonymous
//
// Safe to call from any thread.
std::optional<NormalNumber> normalize_number(std::string_view text, const std::string& default_region);

// The text with the blanks, dashes, brackets, plus signs and decimal digits of other scripts in ASCII, for questions:
// people paste them from wherever a number was typeset. What deliveries bring is read as it is sent.
std::string in_ascii(std::string_view text);

// Whether libphonenumber knows the region ("FR", "US" …).
bool is_known_region(const std::string& region);

}  // namespace callarchive::storage
