#pragma once

#include <string>

namespace callarchive::storage {

class Connection;

// Adds to the connection the SQL function
//   relevance(search, first, last, weight…): how well a row of an FTS5 table fits the MATCH, smaller is better; nearly
//   all rowids of the table are between first and last, and each weight is that of a column.
// It is Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) as in FTS5's own bm25(), which
// reads every hit of every phrase before the first row to learn how rare each is. Here this is estimated from how far
// its first thousand hits reach into the rowids; a phrase that is searched for alone needs no rarity.
void add_relevance(Connection& connection);

// The weight of each column of `search`: a word in a name or summary says more than one in a long transcript.
constexpr const char* kItemWeights = "1, 3, 3, 5, 5, 3, 3, 1";

// The SQL that calls relevance() for a table; `weights` such as "5, 2, 1".
std::string relevance(const std::string& table, const std::string& weights);

}  // namespace callarchive::storage
