#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Words as search compares them, in any script. Folding is ICU's NFKC_Casefold, then
//
//   - nonspacing marks of Latin, Greek, Cyrillic, Arabic and Hebrew letters are dropped: é is e, й is и, مُ is م;
//     marks of other scripts belong to the word: दिन is not दान;
//   - Latin letters that are still not in ASCII are spelled in it: ł as l, ø as o, ß as ss, œ as oe;
//   - default-ignorable characters (soft hyphen, zero-width space and joiners …) and the tatweel are dropped;
//   - decimal digits of all scripts become those of ASCII.
//
// A word is a run of letters, numbers and their marks. But each character of a script without spaces (Chinese,
// Japanese, Thai …) is a word, so that any run of them is found as a phrase; and so is each emoji, in any skin color,
// and each flag. The parts of a joined emoji (a family) are words.

namespace callarchive {

// The word between two characters of scripts without spaces that are not adjacent, so that no phrase reaches from one
// run of them into the next: U+E000, of private use, which is not a word of any text.
constexpr std::string_view kBreak = "\xee\x80\x80";

// Reads the words of a text one after the other. Bytes that are not UTF-8 separate words. Folding a folded word does
// not change it. Each thread needs a reader of its own.
class WordReader {
 public:
  // `text` must outlive the reader.
  explicit WordReader(std::string_view text) : text_(text) {}

  // Moves to the next word, and returns whether there is one. Throws std::runtime_error if ICU has no data.
  bool next();

  // The folded word, valid until next() is called again, and its range in bytes of the text. A break has the range of
  // the word after it.
  const std::string& word() const { return word_; }
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return end_; }

 private:
  struct Character;
  Character peek() const;
  void read_word();
  bool read_ascii();
  void read_one();
  void compose();
  void split();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0, end_ = 0;
  std::string word_ = {};
  std::string rest_ = {};     // further words of the same range
  bool after_one_ = false;    // the word before is a character of a script without spaces
  bool gap_ = false;          // it is followed by something that is not a word
  bool keeps_marks_ = false;  // of the last letter
  bool may_compose_ = false;
};

// The folded words, separated by single spaces: equal for texts that differ only in case, accents and punctuation.
std::string folded(std::string_view text);

// The key that orders a name by CLDR's root collation (ICU), as hexadecimal digits: the order of keys by bytes is that
// of the names. Keys are cut at 240 digits. Empty for a name without a letter or digit.
std::string collation_key(std::string_view name);

// The version of folding and collation: other versions may give other results.
std::string folding_version();

}  // namespace callarchive
