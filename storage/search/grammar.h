#pragma once

#include "storage/errors.h"
#include "storage/records.h"

#include <string_view>

// What people type into a search box, and what it means.
//
//   word         the word, whatever its case and accents: cafe finds Café
//   "two words"  these words, one behind the other
//   pre*         words that begin so; also the last word of a phrase: "two wo*"
//   -word        without it; also -"two words" and -pre*
//
// Everything asked for must be found (AND), in any field of one call, message or contact. Apostrophes, dashes,
// dots and slashes part words as they do in the index, and the parts are a phrase: l'annulation, multi-agent,
// ann@example.com. Text in scripts without spaces is found wherever it stands; an emoji is a word. Three digits and
// more, also in groups ("06 12 34", 415-555, +33 6 12), find the words and as well every number that contains them.
//
// Any input is legal as long as it has at most kMostWordsOfSearch words. Bytes that are not UTF-8 are blanks.

namespace callarchive {

namespace storage {

// The words of a query, those of its phrases, of its exclusions and repeated ones counted. FTS5 holds an iterator in
// memory for each.
constexpr std::size_t kMostWordsOfSearch = 64;

struct SearchTerm {
  bool excluded = false;
  vector<string> phrases = {};  // all of these: FTS5 expressions, each complete and safe
  string beginning = {};        // set if it is nothing but the beginning of one word: this, folded
  string digits = {};           // or, instead of the phrases, a telephone number of which these are part; empty: none
  bool operator==(const SearchTerm&) const = default;
};

// Reads what was typed. Throws EmptySearch and TooManyWords.
vector<SearchTerm> parse_search(std::string_view text);

}  // namespace storage
}  // namespace callarchive
