#include "storage/search/grammar.h"

#include "storage/text/ascii.h"
#include "storage/text/utf8.h"
#include "storage/text/words.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

constexpr std::size_t kFewestDigits = 3;
constexpr std::size_t kMostDigits = 20;  // ITU-T E.164 has 15, with an international prefix a few more

// The text between spaces, or between quotes.
struct Piece {
  string text = {};
  bool excluded = false;
  bool quoted = false;
  bool prefix = false;  // ends in a star
};

// Quotes as people type them, and as their telephones replace them.
bool is_quote(char32_t c) { return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb; }
bool is_blank(char32_t c) {
  return c <= ' ' || c == 0x7f || c == 0xa0 || c == 0xfffd || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  optional<Piece> next() {
    while (has_more() && is_blank(peek())) skip();
    if (!has_more()) return {};
    Piece piece;
    while (has_more() && peek() == '-') {
      piece.excluded = true;
      skip();
    }
    piece.quoted = has_more() && is_quote(peek());
    if (piece.quoted) skip();
    while (has_more() && !is_end(piece.quoted)) take(piece.text);
    if (piece.quoted && has_more()) skip();
    while (has_more() && piece.quoted && peek() == '*') take(piece.text);
    piece.prefix = piece.text.ends_with('*');
    return piece;
  }

 private:
  bool has_more() const { return at_ < text_.size(); }
  char32_t peek() const {
    auto at = at_;
    return next_character(text_, at);
  }
  void skip() { next_character(text_, at_); }
  bool is_end(bool quoted) const { return is_quote(peek()) || (!quoted && is_blank(peek())); }
  void take(string& into) {
    const auto begin = at_;
    // What is not a character, or not one of texts, separates words.
    if (is_blank(next_character(text_, at_))) into += ' ';
    else into += text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Reads the words of a query, up to the number that it may have.
class QueryWords {
 public:
  // The words of `text`. Runs of scripts without spaces that are not adjacent become lists of their own.
  vector<vector<string>> read(std::string_view text) {
    vector<vector<string>> runs(1);
    for (WordReader reader(text); reader.next();) {
      if (reader.word() == kBreak) {
        runs.emplace_back();
        continue;
      }
      if (left_ == 0) throw TooManyWords(kMostWordsOfSearch);
      --left_;
      runs.back().push_back(reader.word());
    }
    if (runs.back().empty()) runs.pop_back();
    return runs;
  }

 private:
  std::size_t left_ = kMostWordsOfSearch;
};

string phrase_of(const vector<string>& words, bool prefix) {
  string phrase = "\"";
  for (const auto& word : words) (phrase += phrase.size() > 1 ? " " : "") += word;
  return phrase + (prefix ? "\" *" : "\"");
}

// Adds the phrases of a piece to a term.
void add_phrases(const Piece& piece, QueryWords& words, SearchTerm& term) {
  const auto runs = words.read(piece.text);
  for (const auto& run : runs) term.phrases.push_back(phrase_of(run, piece.prefix && &run == &runs.back()));
}

// "pre" for pre*. Empty if the piece is more than that.
string beginning_of(const Piece& piece) {
  if (!piece.prefix) return {};
  WordReader reader(piece.text);
  if (!reader.next()) return {};
  const string word = reader.word();
  return reader.next() ? string{} : word;
}

// Whether it looks like a number or a group of digits of one. Not with a star: that is the beginning of a word.
bool is_numeric(const Piece& piece) {
  const auto written = [](char c) {
    return ascii::is_digit(c) || (c != '\0' && std::string_view("+-./() ").find(c) != std::string_view::npos);
  };
  return std::all_of(piece.text.begin(), piece.text.end(), written) &&
         std::any_of(piece.text.begin(), piece.text.end(), ascii::is_digit);
}

string digits_of(const string& text) {
  string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), ascii::is_digit);
  return digits;
}

// Whether `next` continues the groups of digits: 06 12 34.
bool continues(const Piece& piece, const Piece& next) {
  const auto is_group = [](const Piece& one) { return is_numeric(one) && !one.quoted && !one.excluded; };
  return is_group(piece) && is_group(next);
}

}  // namespace

vector<SearchTerm> parse_search(std::string_view text) {
  vector<SearchTerm> terms;
  QueryWords words;
  Scanner scanner(text);
  auto piece = scanner.next();
  while (piece) {
    SearchTerm term;
    term.excluded = piece->excluded;
    add_phrases(*piece, words, term);
    term.beginning = beginning_of(*piece);
    string digits = is_numeric(*piece) ? digits_of(piece->text) : "";
    auto next = scanner.next();
    for (; next && continues(*piece, *next); next = scanner.next()) {
      add_phrases(*next, words, term);
      digits += digits_of(next->text);
      piece = next;
    }
    if (digits.size() >= kFewestDigits && digits.size() <= kMostDigits) term.digits = digits;
    const bool is_new = std::find(terms.begin(), terms.end(), term) == terms.end();
    if (!term.phrases.empty() && is_new) terms.push_back(std::move(term));
    piece = std::move(next);
  }
  if (terms.empty()) throw EmptySearch();
  return terms;
}

}  // namespace callarchive::storage
