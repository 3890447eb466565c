#include "storage/items/phone.h"

#include "storage/items/phone_text.h"
#include "storage/items/withheld_callers.h"
#include "storage/text/ascii.h"
#include "storage/text/utf8.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <set>

namespace callarchive::storage {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::ptrdiff_t kLongestSenderName = 20;  // characters; GSM allows 11, some gateways send more
constexpr std::size_t kLongestShortCode = 6;
constexpr std::size_t kLeastBareInternational = 11;  // digits
constexpr std::size_t kLeastInternational = 10;      // digits with a leading 00
constexpr std::ptrdiff_t kDigitsOfANumber = 7;       // before a letter: then the text is not a name
constexpr std::size_t kLongerThanLocal = 10;         // digits that no local number has
constexpr int kNorthAmerica = 1;                     // the country code of its numbering plan

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

PhoneNumberUtil& util() { return *PhoneNumberUtil::GetInstance(); }

// A sender's name is a text with letters; digits may come first, but not a whole telephone number.
bool is_name(std::string_view text) {
  if (!has_letter(text)) return false;
  const auto letter = std::find_if(text.begin(), text.end(),
                                   [](char c) { return ascii::is_letter(c) || static_cast<signed char>(c) < 0; });
  return std::count_if(text.begin(), letter, ascii::is_digit) < kDigitsOfANumber;
}

std::ptrdiff_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); });
}

// The keys as libphonenumber reads them. The result's source says how the country was found.
std::optional<PhoneNumber> parse(const std::string& keys, const std::string& region) {
  // The library's own limit (kMaxInputStringLength), which it checks only after some 20 us for each byte.
  if (keys.size() > 250) return {};
  PhoneNumber parsed;
  const auto result = util().ParseAndKeepRawInput(keys, region.empty() ? "ZZ" : region, &parsed);
  if (result != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  if (util().IsPossibleNumberWithReason(parsed) != PhoneNumberUtil::IS_POSSIBLE) return {};
  // Few countries have numbers that begin with a zero after the trunk prefix, and they are known.
  if (parsed.italian_leading_zero() && !util().IsValidNumber(parsed)) return {};
  return parsed;
}

std::string national_digits(const PhoneNumber& number) {
  std::string digits;
  util().GetNationalSignificantNumber(number, &digits);
  return digits;
}

// Area codes and exchanges of North America begin with 2 to 9: new ones come faster than metadata.
bool is_north_american(const PhoneNumber& number) {
  const auto digits = national_digits(number);
  return number.country_code() == kNorthAmerica && digits.size() == 10 && digits[0] >= '2' && digits[3] >= '2';
}

// Whether the country has numbers of one length only, so that none is dialled without its area code.
bool has_one_length(const PhoneNumber& number) {
  PhoneNumber shorter = number;
  for (int dropped = 0; dropped < 2; ++dropped) {
    shorter.set_national_number(shorter.national_number() / 10);
    if (util().IsPossibleNumberWithReason(shorter) == PhoneNumberUtil::IS_POSSIBLE) return false;
  }
  return true;
}

// A number without its trunk prefix may be a local one, whose area nobody knows.
bool is_certainly_national(const PhoneNumber& number, const std::string& keys, const std::string& region) {
  if (number.country_code() == kNorthAmerica) return is_north_american(number);
  const auto digits = national_digits(number);
  if (keys != digits) return true;  // the trunk prefix was there
  if (!util().IsValidNumber(number)) return false;
  std::string trunk_prefix;
  util().GetNddPrefixForRegion(region, true, &trunk_prefix);
  return trunk_prefix.empty() || digits.size() >= kLongerThanLocal ||
         util().GetNumberType(number) == PhoneNumberUtil::MOBILE || has_one_length(number);
}

NormalNumber e164(const PhoneNumber& number) {
  NormalNumber result;
  util().Format(number, PhoneNumberUtil::E164, &result.number);
  result.kind = "e164";
  std::string country;
  util().GetRegionCodeForNumber(number, &country);
  if (country.size() == 2 && country != "ZZ") result.country = country;
  return result;
}

// `keys` with '+' or a prefix that means the same.
std::optional<PhoneNumber> read_international(const std::string& keys, const std::string& region) {
  // 00 is the international prefix of most countries (ITU-T E.123), also where the default region's is another.
  if (keys.starts_with("00") && keys.size() >= kLeastInternational) {
    if (auto number = parse("+" + keys.substr(2), region)) return number;
  }
  auto number = parse(keys, region);
  if (!number) return {};
  const auto source = number->country_code_source();
  if (source == PhoneNumber::FROM_NUMBER_WITH_PLUS_SIGN || source == PhoneNumber::FROM_NUMBER_WITH_IDD) return number;
  return {};
}

std::optional<PhoneNumber> read_national(const std::string& keys, const std::string& region) {
  if (region.empty()) return {};
  auto number = parse(keys, region);
  // libphonenumber also takes the country code of the region for one, whatever the length.
  if (!number || number->country_code_source() != PhoneNumber::FROM_DEFAULT_COUNTRY) return {};
  if (!is_certainly_national(*number, keys, region)) return {};
  return number;
}

std::optional<PhoneNumber> read_bare_international(const std::string& text, const std::string& keys,
                                                   const std::string& region) {
  if (keys.size() < kLeastBareInternational || keys[0] == '0') return {};
  auto number = parse("+" + keys, region);
  if (!number || !(util().IsValidNumber(*number) || is_north_american(*number))) return {};
  if (!is_grouped_after(text, std::to_string(number->country_code()))) return {};
  return number;
}

// `text` as it is grouped, `keys` without the grouping.
std::optional<PhoneNumber> read_number(const std::string& text, const std::string& keys, const std::string& region) {
  if (auto number = read_international(keys, region)) return number;
  if (keys[0] == '+') return {};
  // The region's own spelling first, if it shows: eleven digits may be those of a country code or of a long number.
  auto national = read_national(keys, region);
  if (national && national_digits(*national) != keys) return national;
  if (auto number = read_bare_international(text, keys, region)) return number;
  return national;
}

// 1-800-FLOWERS. With a country code any number may be spelled so; without, those that are meant to be remembered.
std::optional<PhoneNumber> read_keypad(const std::string& text, const std::string& region) {
  const std::string keys = keypad_digits(text);
  if (keys.empty()) return {};
  auto number = read_number(text, keys, region);
  if (!number || !util().IsValidNumber(*number)) return {};
  if (number->country_code() == kNorthAmerica) return number;
  switch (util().GetNumberType(*number)) {
    case PhoneNumberUtil::TOLL_FREE:
    case PhoneNumberUtil::SHARED_COST:
    case PhoneNumberUtil::PREMIUM_RATE:
    case PhoneNumberUtil::UAN: return number;
    default: return keys[0] == '+' ? number : std::nullopt;
  }
}

}  // namespace

std::optional<NormalNumber> normalize_number(std::string_view verbatim, const std::string& default_region) {
  const std::string text = without_decoration(plain_text(verbatim));
  if (text.empty()) return {};
  const std::string folded = folded_case(text);
  if (is_withheld(folded)) return NormalNumber{folded, "anonymous", std::nullopt};
  if (is_unavailable(folded)) return NormalNumber{folded, "unknown", std::nullopt};

  const NormalNumber unknown{folded, "unknown", std::nullopt};
  if (has_letter(text)) {
    if (const auto number = read_keypad(text, default_region)) return e164(*number);
    const bool name = is_name(text) && count_characters(text) <= kLongestSenderName && text.find('@') == text.npos;
    return name ? NormalNumber{in_capitals(text), "alphanumeric", std::nullopt} : unknown;
  }

  const std::string keys = dialled_keys(text);
  const auto digits = static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), ascii::is_digit));
  if (digits == 0) return is_ascii(text) ? unknown : NormalNumber{text, "alphanumeric", std::nullopt};  // an emoji
  if (digits == keys.size() && digits <= kLongestShortCode) return NormalNumber{keys, "short_code", std::nullopt};
  if (const auto number = read_number(text, keys, default_region)) return e164(*number);
  // Without its grouping it would be somebody's number: then the first group stays apart.
  if (read_number(keys, keys, default_region)) return NormalNumber{first_group_apart(text), "unknown", std::nullopt};
  return NormalNumber{keys, "unknown", std::nullopt};
}

bool is_known_region(const std::string& region) {
  std::set<std::string> regions;
  util().GetSupportedRegions(&regions);
  return regions.contains(region);
}

}  // namespace callarchive::storage
