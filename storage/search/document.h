#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

// One of the two full-text indexes, and the view whose rows it holds, folded (storage/text/words.h).
struct SearchTable {
  const char* index;  // the FTS5 table
  const char* view;   // the text, with the same columns
  const char* key;    // of the view; the index calls it rowid
  vector<const char*> columns;
};
extern const SearchTable kItemTable;     // calls and messages
extern const SearchTable kContactTable;  // the address book

// The name that an index has while the program makes it again, see storage/search/rebuild_index.h.
string old_name(const SearchTable& table);

// The columns of a row, folded.
using Document = vector<optional<string>>;

// What is to be indexed of a row of the view; nothing if there is no such row.
optional<Document> read_document(Connection& connection, const SearchTable& table, std::int64_t key);

// FTS5 keeps no text, so what is to be taken out must be given as it was put in.
void insert_document(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);
void delete_document(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);

// The same for the index of before, as far as its columns go. A document that was folded otherwise does not go wholly.
void insert_into_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);
void delete_from_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document);

}  // namespace callarchive::storage
