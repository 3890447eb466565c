#include "storage/items/phone.h"

#include "storage/search/folding.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <set>

namespace callarchive::storage {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::array<std::string_view, 6> kAnonymousWords = {"anonymous", "restricted", "private",
                                                             "withheld",  "blocked",    "hidden"};
constexpr std::size_t kLongestSenderName = 20;  // GSM allows 11; some gateways send more
constexpr std::size_t kLongestShortCode = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Copies the text without what only looks: blanks around it, bidirectional and zero-width marks (which
// address books leave behind), and with full-width digits and plus as ASCII.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      out += byte < 0x20 || byte == 0x7f ? ' ' : text[i];
      ++i;
      continue;
    }
    if (i + 2 < text.size() && byte == 0xe2) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      const auto third = static_cast<unsigned char>(text[i + 2]);
      // U+200B–U+200F, U+202A–U+202E, U+2060–U+2069
      const bool mark = (second == 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae))) ||
                        (second == 0x81 && third >= 0xa0 && third <= 0xa9);
      if (mark) {
        i += 3;
        continue;
      }
    }
    if (i + 2 < text.size() && byte == 0xef && static_cast<unsigned char>(text[i + 1]) == 0xbc) {
      const auto third = static_cast<unsigned char>(text[i + 2]);
      if (third >= 0x90 && third <= 0x99) {  // U+FF10–U+FF19
        out += static_cast<char>('0' + (third - 0x90));
        i += 3;
        continue;
      }
      if (third == 0x8b) {  // U+FF0B
        out += '+';
        i += 3;
        continue;
      }
    }
    out += text[i++];
  }
  const auto first = out.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

// The zeros of the digits of Unicode (general category Nd) that telephone numbers are written with: Arabic-Indic,
// Persian, Devanagari, Bengali, Thai, Khmer, full-width.
constexpr std::array<char32_t, 7> kZeros = {0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x17e0, 0xff10};

// What a character of another script is in a number; NUL if it is nothing of the kind.
char ascii_of(char32_t c) {
  for (const auto zero : kZeros) {
    if (c >= zero && c < zero + 10) return static_cast<char>('0' + (c - zero));
  }
  const bool blank =
      c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000;
  if (blank) return ' ';
  const bool dash = c == 0xad || (c >= 0x2010 && c <= 0x2015) || c == 0x2043 || c == 0x2212 || c == 0xfe58 ||
                    c == 0xfe63 || c == 0xff0d;
  if (dash) return '-';
  if (c == 0xff0b || c == 0xfe62) return '+';
  if (c == 0xff08) return '(';
  if (c == 0xff09) return ')';
  return '\0';
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Letters that are not part of a number's writing: "ext. 5", "x5", "poste 5" follow digits.
bool is_name(const std::string& text) {
  const auto letter = std::find_if(text.begin(), text.end(), is_letter);
  const bool foreign =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (letter == text.end() && !foreign) return false;
  const auto digits_before = std::count_if(text.begin(), letter, is_digit);
  return digits_before < 7;
}

NormalNumber unknown(std::string text) { return {lower(std::move(text)), "unknown", std::nullopt}; }

std::optional<NormalNumber> parse(const std::string& text, const std::string& region) {
  auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  if (util.Parse(text, region.empty() ? "ZZ" : region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  if (!util.IsPossibleNumber(parsed)) return {};
  NormalNumber result;
  util.Format(parsed, PhoneNumberUtil::E164, &result.number);
  if (parsed.has_extension() && !parsed.extension().empty()) result.number += ";ext=" + parsed.extension();
  result.kind = "e164";
  std::string country;
  util.GetRegionCodeForNumber(parsed, &country);
  if (country.size() == 2 && country != "ZZ") result.country = country;
  return result;
}

}  // namespace

std::optional<NormalNumber> normalize_number(std::string_view verbatim, const std::string& default_region) {
  std::string text = plain(verbatim);
  if (lower(text.substr(0, 4)) == "tel:") text = plain(std::string_view(text).substr(4));
  if (text.empty()) return {};

  const std::string word = lower(text);
  if (std::find(kAnonymousWords.begin(), kAnonymousWords.end(), word) != kAnonymousWords.end()) {
    return NormalNumber{word, "anonymous", std::nullopt};
  }
  if (word == "unknown" || word == "unavailable") return unknown(word);

  if (is_name(text)) {
    if (text.size() > kLongestSenderName || text.find('@') != std::string::npos) return unknown(text);
    std::string name = text;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return NormalNumber{name, "alphanumeric", std::nullopt};
  }

  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  if (digits == 0) return unknown(text);
  const bool bare = static_cast<std::size_t>(digits) == text.size();
  if (bare && text.size() <= kLongestShortCode) return NormalNumber{text, "short_code", std::nullopt};

  // 00 is the international prefix of most countries (ITU-T E.123), also where the default region's is another.
  if (text.starts_with("00") && digits >= 10) text.replace(0, 2, "+");
  if (auto number = parse(text, default_region)) return *number;
  // Without a region, digits that begin with a country code are taken as such.
  if (text[0] != '+') {
    if (auto number = parse("+" + text, default_region); number && digits >= 10 && number->country) return *number;
  }
  return unknown(text);
}

std::string in_ascii(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (const char c = ascii_of(next_character(text, at)); c != '\0') out += c;
    else out += text.substr(begin, at - begin);
  }
  return out;
}

bool is_known_region(const std::string& region) {
  std::set<std::string> regions;
  PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
  return regions.contains(region);
}

}  // namespace callarchive::storage
