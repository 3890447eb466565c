#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Words as people look for them, in any script. Folding is that of ICU: Unicode's NFKC_Casefold, then
//
//   - nonspacing marks of Latin, Greek, Cyrillic, Arabic and Hebrew letters are dropped: é is e, й is и, مُ is م;
//     marks of other scripts belong to the word: दिन is not दान;
//   - Latin letters that are not in ASCII after that are spelled in it: ł as l, ø as o, ß as ss, œ as oe;
//   - default-ignorable characters (soft hyphen, zero-width space and joiners …) and the tatweel vanish;
//   - decimal digits of all scripts are those of ASCII.
//
// A word is a run of letters, numbers and their marks. Apart from these, each character of a script without spaces
// (Chinese, Japanese, Thai …) is a word, so that any run of them is found as a phrase; and so is each emoji, whatever
// its skin colour, and each flag. The parts of a joined emoji (a family) are words.

namespace callarchive {

// What stands between two characters of scripts without spaces that do not touch, so that no phrase reaches from one
// run of them into the next: U+E000, of private use, which is not a word of any text.
constexpr std::string_view kBreak = "\xee\x80\x80";

// Reads the words of a text one after the other. Bytes that are not UTF-8 separate words. Folded words are read as
// themselves. May be used by several threads, each with its own reader.
class WordReader {
 public:
  // `text` must outlive the reader.
  explicit WordReader(std::string_view text) : text_(text) {}

  // Whether there is a further word. Throws std::bad_alloc, and std::runtime_error when ICU has no data.
  bool next();

  // The word, folded, until next() is called again; its place in bytes of the text. A break has the place of the word
  // behind it.
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
  std::string rest_ = {};     // further words of the same place
  bool after_one_ = false;    // the word before is a character of a script without spaces
  bool gap_ = false;          // something that is not a word stands behind it
  bool keeps_marks_ = false;  // of the last letter
  bool may_compose_ = false;
};

// The words, separated by single blanks: two texts that differ in case, accents and punctuation alone are equal.
std::string folded(std::string_view text);

// A name's place among others, by the order of CLDR's root collation (ICU), as hexadecimal digits: the order of such
// keys by bytes is that of the names. Keys are cut at 240 digits. Empty for a name without a letter or digit.
std::string collation_key(std::string_view name);

// Which folding and which order these are: texts that were folded by another version may be folded otherwise.
std::string folding_version();

}  // namespace callarchive
