#pragma once

#include <string>

namespace callarchive::storage {

class Connection;

// Adds to the connection the SQL function
//   relevance(search, first, last, weight…): how well a row of an FTS5 table fits the MATCH, smaller is better; between
//   first and last lie nearly all rowids of the table, each weight is that of a column.
// It is Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) as in FTS5's own bm25(), which
// walks every hit of every phrase before the first row to learn how rare each is. Here its first thousand hits tell, by
// how far they reach into the rowids, and what is asked for alone needs no rarity.
void add_relevance(Connection& connection);

// What each column of `search` weighs: a word in a name or summary says more than one in a long talk.
constexpr const char* kItemWeights = "1, 3, 3, 5, 5, 3, 3, 1";

// A column for SELECT: the call of relevance for a table, with "5, 2, 1" as its weights.
std::string relevance(const std::string& table, const std::string& weights);

}  // namespace callarchive::storage
