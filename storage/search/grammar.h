#pragma once

#include "storage/errors.h"
#include "storage/records.h"

#include <string_view>

// The grammar of search texts.
//
//   word         the word, in any case and with any accents: cafe finds Café
//   "two words"  these words, one after the other
//   pre*         words with this beginning; also for the last word of a phrase: "two wo*"
//   -word        without this word; also -"two words" and -pre*
//
// All of it must be found (AND), in any fields of one call, message or contact. Apostrophes, dashes, dots and slashes
// separate words as they do in the index, and the parts are a phrase: l'annulation, multi-agent, ann@example.com. Text
// in scripts without spaces is found wherever it occurs; an emoji is a word. Three or more digits, also in groups
// ("06 12 34", 415-555, +33 6 12), find these words, and also every number that contains them.
//
// Any text of 1 to kMostWordsOfSearch words is valid. Bytes that are not UTF-8 count as spaces.

namespace callarchive {

namespace storage {

// The most words in a query, including those in phrases and exclusions and repeated ones. FTS5 holds an iterator in
// memory for each.
constexpr std::size_t kMostWordsOfSearch = 64;

struct SearchTerm {
  bool excluded = false;
  vector<string> phrases = {};  // FTS5 expressions, each complete and safe; all must match
  string beginning = {};        // set if the term is only the beginning of one word: that, folded
  string digits = {};           // part of a telephone number, which may match instead of the phrases; empty: none
  bool operator==(const SearchTerm&) const = default;
};

// Reads a search text. Throws EmptySearch and TooManyWords.
vector<SearchTerm> parse_search(std::string_view text);

}  // namespace storage
}  // namespace callarchive
