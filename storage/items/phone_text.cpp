#include "storage/items/phone_text.h"

#include "storage/text/ascii.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

namespace callarchive::storage {
namespace {

constexpr std::array<std::string_view, 9> kSchemes = {
    "tel:", "sips:", "sip:", "whatsapp:", "callto:", "smsto:", "sms:", "facetime:", "fax:"};

// The words between a number and its extension, in lower case. libphonenumber knows most of them, too, but reads a word
// of three letters as digits of the keypad instead.
constexpr std::array<std::string_view, 29> kExtensionWords = {
    "ext",   "extn",       "extension",  "extensión", "xtn",     "x",          "int", "interno",     "anexo",   "ramal",
    "poste", "pst",        "durchwahl",  "dw",        "apparat", "app",        "nst", "nebenstelle", "toestel", "tst",
    "lok",   "anknytning", "wewnętrzny", "wew",       "доб",     "добавочный", "доп", "linha",       "post"};
// Words of one letter are only taken after a whole number: "4x4" is not one.
constexpr std::ptrdiff_t kDigitsOfAWholeNumber = 7;
constexpr std::ptrdiff_t kDigitsBeforeAnExtension = 3;
constexpr std::size_t kLongestExtension = 7;

using ascii::is_digit;

std::ptrdiff_t count_digits(std::string_view text) { return std::count_if(text.begin(), text.end(), is_digit); }

std::string_view trimmed(std::string_view text) { return ascii::trim(text, " "); }

std::string utf8_of(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString unicode_of(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

icu::UnicodeString normalized(const icu::UnicodeString& text, const icu::Normalizer2* (*form)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  const auto* normalizer = form(error);
  if (U_FAILURE(error)) return text;
  auto result = normalizer->normalize(text, error);
  return U_FAILURE(error) ? text : result;
}

// The character of ASCII that a number has there; or the character itself.
UChar32 as_written_in_ascii(UChar32 c) {
  if (c < 0x80) return c < 0x20 || c == 0x7f ? ' ' : c;
  if (const auto digit = u_charDigitValue(c); digit >= 0) return '0' + digit;
  if (u_isUWhiteSpace(c)) return ' ';
  if (u_charType(c) == U_DASH_PUNCTUATION || c == 0x2212 || c == 0x2043 || c == 0x02d7) return '-';
  if (c == 0x2795) return '+';  // heavy plus sign
  return c;
}

bool is_unseen(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || c == 0xfeff || c == 0xad;
}

// Percent-encoded characters, as tel: and sip: addresses have them.
std::string unescaped(std::string_view text) {
  const auto value_of = [](char c) {
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '%' && i + 2 < text.size() && value_of(text[i + 1]) >= 0 && value_of(text[i + 2]) >= 0;
    if (escaped) {
      out += static_cast<char>(value_of(text[i + 1]) * 16 + value_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Where the extension begins with the words before it, or the end of the text.
std::size_t find_extension(std::string_view text) {
  // Backwards: the digits at the end, what joins them, and the word.
  std::size_t begin = text.size();
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  const std::size_t length = text.size() - begin;
  if (length == 0 || length > kLongestExtension) return text.size();
  std::size_t word_end = begin;
  while (word_end > 0 && std::string_view(" .:=").find(text[word_end - 1]) != std::string_view::npos) --word_end;
  const auto before = folded_case(text.substr(0, word_end));
  if (before.size() != word_end) return text.size();  // a letter that folds to more bytes: none of our words
  if (before.ends_with('#') || before.ends_with('~')) {
    return count_digits(before) >= kDigitsOfAWholeNumber ? word_end - 1 : text.size();
  }
  std::size_t found = text.size();
  for (const auto word : kExtensionWords) {
    if (!before.ends_with(word)) continue;
    const std::size_t at = before.size() - word.size();
    const bool whole_word = at > 0 && (is_digit(before[at - 1]) ||
                                       std::string_view(" ;,-.()/").find(before[at - 1]) != std::string_view::npos);
    const auto least = word.size() == 1 ? kDigitsOfAWholeNumber : kDigitsBeforeAnExtension;
    if (whole_word && count_digits(std::string_view(before).substr(0, at)) >= least) found = std::min(found, at);
  }
  return found;
}

}  // namespace

std::string plain_text(std::string_view text) {
  const auto composed = normalized(unicode_of(text), &icu::Normalizer2::getNFKCInstance);
  icu::UnicodeString out;
  bool blank = true;  // so that none comes first
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    const auto c = composed.char32At(i);
    if (is_unseen(c)) continue;
    const auto plain = as_written_in_ascii(c);
    if (plain != ' ' || !blank) out.append(plain);
    blank = plain == ' ';
  }
  std::string result = utf8_of(out);
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

std::string folded_case(std::string_view plain) {
  if (std::all_of(plain.begin(), plain.end(), [](char c) { return static_cast<signed char>(c) >= 0; })) {
    return ascii::lower(plain);
  }
  return utf8_of(normalized(unicode_of(plain).foldCase(), &icu::Normalizer2::getNFCInstance));
}

std::string in_capitals(std::string_view plain) {
  auto text = unicode_of(plain);
  text.foldCase();
  text.toUpper(icu::Locale::getRoot());
  return utf8_of(normalized(text, &icu::Normalizer2::getNFCInstance));
}

bool has_letter(std::string_view plain) {
  const auto text = unicode_of(plain);
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (u_isalpha(text.char32At(i))) return true;
  }
  return false;
}

std::string without_decoration(std::string_view plain) {
  std::string text(plain);
  // "Ann" <sip:+33612345678@example.com>: name-addr of RFC 3261, 25.1.
  if (const auto open = text.find('<'); open != std::string::npos && text.ends_with('>')) {
    text = text.substr(open + 1, text.size() - open - 2);
  }
  for (const auto scheme : kSchemes) {
    if (!folded_case(std::string_view(text).substr(0, scheme.size())).starts_with(scheme)) continue;
    text = unescaped(std::string_view(text).substr(scheme.size()));
    if (text.starts_with("//")) text.erase(0, 2);
    text.resize(std::min(text.find('?'), text.size()));
    break;
  }
  if (const auto at = text.find('@'); at != std::string::npos) {
    const auto user = std::string_view(text).substr(0, std::min(at, text.find(';')));
    const auto host = folded_case(std::string_view(text).substr(at + 1));
    // WhatsApp's own addresses hold an international number.
    const bool whatsapp = host == "s.whatsapp.net" || host == "c.us";
    if (has_letter(user) || count_digits(user) < kDigitsOfAWholeNumber) return text;
    text = (whatsapp ? "+" : "") + std::string(user);
  }
  // Extensions before parameters, since ;ext=4 is one (RFC 3966).
  if (const auto end = text.find_first_of(";,"); end != std::string::npos && end > 0) {
    if (count_digits(std::string_view(text).substr(0, end)) >= kDigitsBeforeAnExtension &&
        !has_letter(std::string_view(text).substr(0, end))) {
      text.resize(end);
    }
  }
  text.resize(find_extension(text));
  return std::string(trimmed(text));
}

std::string dialled_keys(std::string_view plain) {
  std::string keys;
  for (const char c : plain) {
    if (is_digit(c) || c == '*' || c == '#' || (c == '+' && keys.empty())) keys += c;
  }
  return keys;
}

std::string keypad_digits(std::string_view plain) {
  constexpr std::string_view kKeys = "22233344455566677778889999";  // of A to Z
  constexpr std::ptrdiff_t kLeastLetters = 3;
  const auto first = std::find_if(plain.begin(), plain.end(), ascii::is_letter);
  const std::string_view before = plain.substr(0, static_cast<std::size_t>(first - plain.begin()));
  if (count_digits(before) < 3 || is_digit(before.back())) return {};
  if (std::count_if(first, plain.end(), ascii::is_letter) < kLeastLetters) return {};
  std::string digits;
  for (const char c : plain) {
    if (is_digit(c) || (c == '+' && digits.empty())) digits += c;
    else if (ascii::is_letter(c)) digits += kKeys[static_cast<std::size_t>((c & ~0x20) - 'A')];
    else if (std::string_view(" -.()/").find(c) == std::string_view::npos) return {};
  }
  return digits;
}

bool is_grouped_after(std::string_view plain, std::string_view prefix) {
  const auto first = std::find_if(plain.begin(), plain.end(), is_digit);
  const auto end = std::find_if_not(first, plain.end(), is_digit);
  const bool grouped = std::any_of(end, plain.end(), is_digit);
  return !grouped || std::string_view(&*first, static_cast<std::size_t>(end - first)) == prefix;
}

std::string first_group_apart(std::string_view plain) {
  const auto first = std::find_if(plain.begin(), plain.end(), is_digit);
  const auto end = std::find_if_not(first, plain.end(), is_digit);
  return std::string(first, end) + " " +
         dialled_keys(std::string_view(&*end, static_cast<std::size_t>(plain.end() - end)));
}

}  // namespace callarchive::storage
