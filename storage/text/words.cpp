#include "storage/text/words.h"

#include "storage/text/utf8.h"

#include <unicode/bytestream.h>
#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/sortkey.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

namespace callarchive {
namespace {

// To be counted up when the rules below change.
constexpr int kRules = 1;
constexpr std::size_t kMostKeyDigits = 240;

constexpr UChar32 kLetterApostrophe = 0x2bc;
constexpr UChar32 kTatweel = 0x640;
constexpr UChar32 kKeycap = 0x20e3;
constexpr UChar32 kBreakCharacter = 0xe000;

enum class Kind : std::uint8_t {
  separator,
  letter,
  one,        // a word of its own: a character of a script without spaces
  emoji,      // a word of its own
  modifier,   // of an emoji: its skin colour
  regional,   // two of them are a flag
  mark,       // belongs to the letter before it, or vanishes with those of its script
  dropped,    // vanishes, as part of the word
  ignorable,  // vanishes
};

struct Folded {
  Kind kind = Kind::separator;
  bool keeps_marks = false;  // of what follows
  bool composes = false;     // with the characters before it
  std::string text = {};     // UTF-8, in the form NFC
};

void check(UErrorCode status, const char* what) {
  if (U_FAILURE(status) != 0) throw std::runtime_error(std::string("ICU: ") + what + ": " + u_errorName(status));
}

const icu::Normalizer2& normalizer(const icu::Normalizer2* (*get)(UErrorCode&), const char* what) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* const found = get(status);
  check(status, what);
  return *found;
}

const icu::Normalizer2& nfc() { return normalizer(icu::Normalizer2::getNFCInstance, "NFC"); }
const icu::Normalizer2& nfd() { return normalizer(icu::Normalizer2::getNFDInstance, "NFD"); }
const icu::Normalizer2& casefold() { return normalizer(icu::Normalizer2::getNFKCCasefoldInstance, "NFKC_Casefold"); }

icu::UnicodeString normalized(const icu::Normalizer2& form, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  auto result = form.normalize(text, status);
  check(status, "normalization");
  return result;
}

UScriptCode script_of(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(c, &status);
}

bool drops_marks(UScriptCode script) {
  switch (script) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW: return true;
    default: return false;
  }
}

bool is_shared(UScriptCode script) { return script == USCRIPT_COMMON || script == USCRIPT_INHERITED; }

bool is_without_spaces(UChar32 c) {
  static constexpr std::array kScripts = {
      USCRIPT_HAN,         USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_BOPOMOFO, USCRIPT_YI,
      USCRIPT_THAI,        USCRIPT_LAO,      USCRIPT_KHMER,    USCRIPT_MYANMAR,  USCRIPT_TIBETAN,
      USCRIPT_NEW_TAI_LUE, USCRIPT_TAI_LE,   USCRIPT_LANNA,    USCRIPT_TAI_VIET,
  };
  for (const auto script : kScripts) {
    if (uscript_hasScript(c, script) != 0) return true;
  }
  return false;
}

bool is_nonspacing(UChar32 c) { return (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0; }
bool is_of_word(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK | U_GC_CO_MASK)) != 0;
}

// The decomposed text without the marks that are dropped, digits as those of ASCII, and nothing but what belongs to
// words.
icu::UnicodeString stripped(const icu::UnicodeString& decomposed) {
  icu::UnicodeString text;
  bool dropping = false;
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 c = decomposed.char32At(i);
    const auto script = script_of(c);
    if (is_nonspacing(c)) {
      if (is_shared(script) ? dropping : drops_marks(script)) continue;
    } else {
      dropping = drops_marks(script);
    }
    if (c == kTatweel) continue;
    const int32_t digit = u_charDigitValue(c);
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER && digit >= 0) text.append(static_cast<char16_t>(u'0' + digit));
    else if (is_of_word(c)) text.append(c);
  }
  return text;
}

bool is_ascii(const icu::UnicodeString& text) {
  for (int32_t i = 0; i < text.length(); ++i) {
    if (text[i] >= 0x80) return false;
  }
  return true;
}

// CLDR's spelling of Latin letters; the text itself where there is none.
icu::UnicodeString in_ascii(const icu::UnicodeString& text) {
  static const std::unique_ptr<const icu::Transliterator> spelling = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(
        icu::Transliterator::createInstance("Latin-ASCII", UTRANS_FORWARD, status));
    check(status, "Latin-ASCII");
    return made;
  }();
  icu::UnicodeString spelled(text);
  spelling->transliterate(spelled);
  spelled = stripped(normalized(nfd(), normalized(casefold(), spelled)));
  return is_ascii(spelled) && !spelled.isEmpty() ? spelled : text;
}

bool has_latin(const icu::UnicodeString& text) {
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (script_of(text.char32At(i)) == USCRIPT_LATIN) return true;
  }
  return false;
}

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

// What Unicode's properties of the character alone decide; `letter` for all others.
Kind kind_by_property(UChar32 c) {
  if (c == kTatweel || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) return Kind::ignorable;
  if (c == kLetterApostrophe || c == kBreakCharacter) return Kind::separator;
  if (u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER) != 0) return Kind::modifier;
  if (u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR) != 0) return Kind::regional;
  if (c == kKeycap || u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) != 0) return Kind::emoji;
  return is_of_word(c) ? Kind::letter : Kind::separator;
}

Folded fold(UChar32 c) {
  Folded folded{.kind = kind_by_property(c)};
  const icu::UnicodeString written(c);
  if (folded.kind != Kind::letter) {
    folded.text = utf8(written);
    return folded;
  }
  const auto decomposed = normalized(nfd(), normalized(casefold(), written));
  auto text = stripped(decomposed);
  // ½ is not 12.
  if (text.length() > 1 && decomposed.indexOf(u'\u2044') >= 0) text = written;
  if (text.isEmpty()) {
    folded.kind = Kind::dropped;
    return folded;
  }
  if (!is_ascii(text) && has_latin(text)) text = in_ascii(text);
  text = normalized(nfc(), text);
  const UChar32 first = text.char32At(0);
  const UChar32 last = text.char32At(text.moveIndex32(text.length(), -1));
  const auto script = script_of(first);
  if (is_nonspacing(first) && is_shared(script)) folded.kind = Kind::mark;
  else if (is_without_spaces(first)) folded.kind = Kind::one;
  folded.keeps_marks = last >= 0x80 && !drops_marks(script_of(last));
  folded.composes = u_getIntPropertyValue(first, UCHAR_NFC_QUICK_CHECK) != UNORM_YES ||
                    u_getIntPropertyValue(first, UCHAR_CANONICAL_COMBINING_CLASS) != 0;
  folded.text = utf8(text);
  return folded;
}

// 256 consecutive characters, folded when the first of them is needed.
struct Page {
  std::array<Folded, 256> characters;
};

const Folded& folded_character(UChar32 c) {
  static std::array<std::atomic<const Page*>, 0x1100> pages;
  auto& slot = pages[static_cast<std::size_t>(c) >> 8];
  const Page* page = slot.load(std::memory_order_acquire);
  if (page == nullptr) {
    auto made = std::make_unique<Page>();
    for (UChar32 i = 0; i < 256; ++i) made->characters[static_cast<std::size_t>(i)] = fold((c & ~0xff) | i);
    // Another thread may have been quicker.
    if (slot.compare_exchange_strong(page, made.get(), std::memory_order_acq_rel)) page = made.release();
  }
  return page->characters[static_cast<std::size_t>(c & 0xff)];
}

// Of ASCII: the letter in lower case, the digit, or 0.
constexpr std::array<char, 128> kAscii = [] {
  std::array<char, 128> folded{};
  for (char c = '0'; c <= '9'; ++c) folded[static_cast<std::size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    folded[static_cast<std::size_t>(c)] = c;
    folded[static_cast<std::size_t>(c) - 'a' + 'A'] = c;
  }
  return folded;
}();

}  // namespace

// The character at the reader's position, which must not be the end.
struct WordReader::Character {
  const Folded* folded;
  std::size_t size;
};

WordReader::Character WordReader::peek() const {
  static const Folded kInvalid{};
  auto behind = at_;
  const char32_t c = next_character(text_, behind);
  if (c == U'\uFFFD') return {&kInvalid, behind - at_};
  return {&folded_character(static_cast<UChar32>(c)), behind - at_};
}

bool WordReader::next() {
  if (!rest_.empty()) {
    word_ = std::exchange(rest_, {});
    split();
    return true;
  }
  word_.clear();
  may_compose_ = false;
  while (at_ < text_.size()) {
    begin_ = at_;
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x80) {
      if (kAscii[byte] == 0) {
        gap_ = true;
        ++at_;
        continue;
      }
      after_one_ = gap_ = false;
      read_word();
      return true;
    }
    const auto [folded, size] = peek();
    switch (folded->kind) {
      case Kind::separator: gap_ = true; break;
      case Kind::ignorable:
      case Kind::dropped:
      case Kind::mark: break;  // a mark of nothing
      case Kind::letter:
        after_one_ = gap_ = false;
        read_word();
        return true;
      case Kind::one:
        if (after_one_ && gap_) {
          gap_ = false;
          end_ = begin_;
          word_ = kBreak;
          return true;
        }
        after_one_ = true;
        gap_ = false;
        read_one();
        return true;
      case Kind::emoji:
      case Kind::modifier:
      case Kind::regional:
        after_one_ = gap_ = false;
        read_one();
        return true;
    }
    at_ += size;
  }
  return false;
}

// Reads the ASCII letters and digits at the position; false if there are none.
bool WordReader::read_ascii() {
  std::array<char, 32> letters;
  std::size_t count = 0;
  const auto limit = std::min(text_.size() - at_, letters.size());
  for (; count < limit; ++count) {
    const auto byte = static_cast<unsigned char>(text_[at_ + count]);
    const char c = byte < 0x80 ? kAscii[byte] : '\0';
    if (c == 0) break;
    letters[count] = c;
  }
  if (count == 0) return false;
  word_.append(letters.data(), count);
  end_ = at_ += count;
  keeps_marks_ = false;
  return true;
}

void WordReader::read_word() {
  keeps_marks_ = false;
  while (at_ < text_.size()) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x80) {
      if (!read_ascii()) break;
      continue;
    }
    const auto [folded, size] = peek();
    const auto kind = folded->kind;
    if (kind == Kind::letter || (kind == Kind::mark && keeps_marks_)) {
      if (folded->composes) may_compose_ = true;
      if (kind == Kind::letter) keeps_marks_ = folded->keeps_marks;
      word_ += folded->text;
    } else if (kind != Kind::mark && kind != Kind::dropped && kind != Kind::ignorable) {
      break;
    }
    at_ += size;
    if (kind != Kind::ignorable) end_ = at_;
  }
  if (may_compose_) compose();
}

// A character with what belongs to it: marks, the colour of an emoji, the second half of a flag.
void WordReader::read_one() {
  const auto [first, size] = peek();
  const bool is_character = first->kind == Kind::one;
  word_ = first->text;
  at_ += size;
  end_ = at_;
  bool is_half = first->kind == Kind::regional;
  while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80) {
    const auto [folded, length] = peek();
    const auto kind = folded->kind;
    const bool is_mark = kind == Kind::mark || (kind == Kind::one && folded->composes);
    if (is_character && is_mark) {
      word_ += folded->text;
      may_compose_ = true;
    } else if (is_half && kind == Kind::regional) {
      word_ += folded->text;
      is_half = false;
    } else if (kind != Kind::ignorable && kind != Kind::dropped && (is_character || kind != Kind::modifier)) {
      break;
    }
    at_ += length;
    if (!is_character || kind != Kind::ignorable) end_ = at_;
  }
  if (may_compose_) compose();
  if (is_character) split();
}

// Leaves the first character of several, with its marks, in word_: a ligature of a script without spaces is as many
// words as letters.
void WordReader::split() {
  for (std::size_t at = utf8_length(word_); at < word_.size();) {
    const auto begin = at;
    const auto& next = folded_character(static_cast<UChar32>(next_character(word_, at)));
    if (next.kind == Kind::one && !next.composes) {
      rest_ = word_.substr(begin);
      word_.resize(begin);
      return;
    }
  }
}

void WordReader::compose() {
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  UErrorCode status = U_ZERO_ERROR;
  nfc().normalizeUTF8(0, word_, sink, nullptr, status);
  check(status, "NFC");
  word_ = std::move(composed);
}

std::string folded(std::string_view text) {
  std::string words;
  for (WordReader reader(text); reader.next();) {
    if (reader.word() == kBreak) continue;
    if (!words.empty()) words += ' ';
    words += reader.word();
  }
  return words;
}

std::string collation_key(std::string_view name) {
  static const std::unique_ptr<const icu::Collator> collator = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> made(icu::Collator::createInstance(icu::Locale::getRoot(), status));
    check(status, "root collation");
    return made;
  }();
  if (!WordReader(name).next()) return {};
  UErrorCode status = U_ZERO_ERROR;
  icu::CollationKey key;
  collator->getCollationKey(icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())}), key,
                            status);
  check(status, "collation");
  int32_t size = 0;
  const uint8_t* const bytes = key.getByteArray(size);
  std::string digits;
  for (int32_t i = 0; i + 1 < size && digits.size() < kMostKeyDigits; ++i) {  // the last one is 0
    digits += "0123456789abcdef"[bytes[i] >> 4];
    digits += "0123456789abcdef"[bytes[i] & 15];
  }
  return digits;
}

std::string folding_version() {
  UVersionInfo icu, unicode;
  u_getVersion(icu);
  u_getUnicodeVersion(unicode);
  return "rules " + std::to_string(kRules) + ", ICU " + std::to_string(icu[0]) + ", Unicode " +
         std::to_string(unicode[0]) + '.' + std::to_string(unicode[1]);
}

}  // namespace callarchive
