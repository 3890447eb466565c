#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

// One of the two full-text indexes, and the view whose folded rows it contains (storage/text/words.h).
struct SearchTable {
  const char* index;  // the FTS5 table
  const char* view;   // the text, with the same columns
  const char* key;    // column of the view; the rowid of the index
  vector<const char*> columns;
};
extern const SearchTable kItemTable;     // calls and messages
extern const SearchTable kContactTable;  // the address book

// The name of the old index while a new one is built, see storage/search/rebuild_index.h.
string old_name(const SearchTable& table);

// The columns of a row, folded.
using Document = vector<optional<string>>;

// The document of a row of the view; nothing if there is no such row.
optional<Document> read_document(Connection& connection, const SearchTable& table, std::int64_t key);

// FTS5 stores no text, so a document must be deleted with the same words with which it was inserted.
void insert_document(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);
void delete_document(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);

// The same for the old index, as far as it has the columns. A document that was folded differently is not deleted
// completely.
void insert_into_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);
void delete_from_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);

}  // namespace callarchive::storage
