#pragma once

#include <cstddef>

// Limits the memory of queries, and returns it to the system.

namespace callarchive::storage {

// The bytes that SQLite may hold for one query, and for all queries that run at the same time. FTS5 opens an iterator
// for each word and merges the positions of all words with the same beginning in memory, so the need depends on the
// query.
constexpr std::size_t kMemoryOfQuery = std::size_t{96} << 20;
constexpr std::size_t kMemoryOfQueries = std::size_t{192} << 20;

// Makes SQLite allocate through functions that enforce these limits. Must be called before the first connection of the
// process is opened; later it has no effect, and there are no limits.
void use_limited_memory();

// While an object exists, an allocation of SQLite on this thread that would exceed one of the limits fails, and its
// statement ends with SQLITE_NOMEM. The destructor returns freed memory to the system if it was much. Nested objects on
// the same thread have no effect.
class QueryMemory {
 public:
  QueryMemory();
  ~QueryMemory();
  QueryMemory(const QueryMemory&) = delete;
  QueryMemory& operator=(const QueryMemory&) = delete;

 private:
  bool outermost_;
};

}  // namespace callarchive::storage
