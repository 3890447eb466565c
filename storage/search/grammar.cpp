#include "storage/search/grammar.h"

#include "storage/search/folding.h"
#include "storage/search/tokenizer.h"
#include "storage/text/utf8.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

constexpr std::size_t kFewestDigits = 3;
constexpr std::size_t kMostDigits = 20;  // ITU-T E.164 has 15, with an international prefix a few more

// What stands between blanks, or between quotes.
struct Piece {
  string text = {};
  bool excluded = false;
  bool quoted = false;
  bool prefix = false;  // ends in a star
};

// Quotes as people type them and as their telephones make them of what they type.
bool is_quote(char32_t c) { return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb; }
bool is_blank(char32_t c) {
  return c <= ' ' || c == 0x7f || c == 0xa0 || c == 0xfffd || c == 0x3000 || (c >= 0x2000 && c <= 0x200f) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0xfeff;
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
    // What is no character, or none that may stand in a text, parts words.
    if (is_blank(next_character(text_, at_))) into += ' ';
    else into += text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

string phrase_of(const vector<Token>& tokens, bool prefix) {
  string phrase = "\"";
  for (const auto& token : tokens) (phrase += phrase.size() > 1 ? " " : "") += token.text;
  return phrase + (prefix ? "\" *" : "\"");
}

// Reads the words of a query, up to the number that it may have.
class WordReader {
 public:
  explicit WordReader(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  vector<Token> read(std::string_view text) {
    auto tokens = tokenizer_.tokens(text, left_ + 1);
    if (tokens.size() > left_) throw TooManyWords(kMostWordsOfSearch);
    left_ -= tokens.size();
    return tokens;
  }

 private:
  const Tokenizer& tokenizer_;
  std::size_t left_ = kMostWordsOfSearch;
};

// Adds the words of `text` as one phrase, unless it has none.
void add_phrase(std::string_view text, bool prefix, WordReader& words, vector<string>& phrases,
                const char* column = "") {
  const auto tokens = words.read(text);
  if (!tokens.empty()) phrases.push_back(column + phrase_of(tokens, prefix));
}

// Runs of scripts without spaces are looked for in the column that parts them; what stands between them are phrases.
vector<string> phrases_of(const Piece& piece, WordReader& words) {
  vector<string> phrases;
  const std::string_view text = piece.text;
  const auto pieces = unspaced_pieces(text);
  std::size_t spaced_from = 0;
  for (auto run = pieces.begin(); run != pieces.end();) {
    const auto run_end = std::find_if(run + 1, pieces.end(), [](const auto& one) { return !one.joined; });
    add_phrase(text.substr(spaced_from, run->begin - spaced_from), false, words, phrases);
    spaced_from = std::prev(run_end)->end;
    vector<UnspacedPiece> one(run, run_end);
    const bool last = run_end == pieces.end();
    const bool prefix = piece.prefix && last && text.substr(spaced_from) == "*";
    add_phrase(unspaced_text(text, one), prefix, words, phrases, "unspaced : ");
    run = run_end;
  }
  add_phrase(text.substr(spaced_from), piece.prefix, words, phrases);
  return phrases;
}

// Of pre*: pre. Nothing if there is more.
string beginning_of(const Piece& piece, const Tokenizer& tokenizer) {
  if (!piece.prefix || !unspaced_pieces(piece.text).empty()) return {};
  auto tokens = tokenizer.tokens(piece.text, 2);
  return tokens.size() == 1 ? std::move(tokens.front().text) : string{};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether it is a number as it is written, or a group of one. Not with a star: that is the beginning of a word.
bool is_numeric(const Piece& piece) {
  const auto written = [](char c) {
    return is_digit(c) || (c != '\0' && std::string_view("+-./() ").find(c) != std::string_view::npos);
  };
  return std::all_of(piece.text.begin(), piece.text.end(), written) &&
         std::any_of(piece.text.begin(), piece.text.end(), is_digit);
}

string digits_of(const string& text) {
  string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
  return digits;
}

// Whether groups of digits go on in `next`: 06 12 34.
bool continues(const Piece& piece, const Piece& next) {
  const auto is_group = [](const Piece& one) { return is_numeric(one) && !one.quoted && !one.excluded; };
  return is_group(piece) && is_group(next);
}

}  // namespace

vector<SearchTerm> parse_search(std::string_view text, const Tokenizer& tokenizer) {
  vector<SearchTerm> terms;
  WordReader words(tokenizer);
  Scanner scanner(text);
  auto piece = scanner.next();
  while (piece) {
    SearchTerm term;
    term.excluded = piece->excluded;
    term.phrases = phrases_of(*piece, words);
    term.beginning = beginning_of(*piece, tokenizer);
    string digits = is_numeric(*piece) ? digits_of(piece->text) : "";
    auto next = scanner.next();
    for (; next && continues(*piece, *next); next = scanner.next()) {
      for (auto& phrase : phrases_of(*next, words)) term.phrases.push_back(std::move(phrase));
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
