#pragma once

#include "storage/records.h"

#include <string_view>

// Text as the search index needs it: where scripts that part no words by spaces stand, and excerpts.

namespace callarchive::storage {

// Letters that people without such keys spell otherwise, spelled so: œ as oe, æ as ae, ß as ss, and the apostrophe that
// is a letter (U+02BC) as two that are none. Each takes as many bytes as before, so that a place in the one text is a
// place in the other. What is indexed and what is asked are spelled alike; the views of migrations/0010 say the same in
// SQL.
void spell_plainly(string& text);

// A piece of text in the unspaced column: one character of a script without spaces, or a word of another script
// that touches such a character.
struct UnspacedPiece {
  std::size_t begin = 0;  // bytes of the original text
  std::size_t end = 0;
  bool joined = false;  // touches the piece before it
};

// The pieces of a text: "iPhone価格 and 東京" has iPhone, 価, 格 and 東, 京. Empty when no such script is there.
vector<UnspacedPiece> unspaced_pieces(std::string_view text);

// The pieces as the unspaced column holds them: parted by spaces, so that a run is found as a phrase. Between runs
// stands a word that nobody types, so that no phrase reaches from one run into the next. A mark above, below or behind
// a letter (a Thai vowel) is a character of private use, U+E100 for U+0E00 and so on: the tokenizer takes marks for
// nothing. The second list, if wanted, tells where each piece begins in the result.
string unspaced_text(std::string_view text, const vector<UnspacedPiece>& pieces, vector<std::size_t>* begins = nullptr);

// How many columns of a document, from its first, are looked through for such scripts. Those behind hold numbers, or
// numbers and addresses.
constexpr std::size_t kUnspacedColumnsOfItem = 4;
constexpr std::size_t kUnspacedColumnsOfContact = 3;

// Those columns as one text, of which unspaced_text() is made: both who writes the index and who looks up where a match
// stands must join them alike.
struct JoinedColumns {
  string text = {};
  vector<std::size_t> starts = {};  // of each column in `text`

  void add(std::string_view column);
};

struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Joins ranges that overlap or touch. In: any order; out: in order.
void merge_ranges(vector<ByteRange>& ranges);

// Text around the first of the ranges, about 200 characters of it, cut between words; all of it when it is short.
// `ranges` as merge_ranges leaves them; those outside of the excerpt are left out.
Excerpt make_excerpt(std::string_view text, const vector<ByteRange>& ranges);

}  // namespace callarchive::storage
