#pragma once

#include <cstddef>

// How much memory queries may take, and that it goes back to the system.

namespace callarchive::storage {

// What SQLite may hold for one query, and for all queries that run at the same time. FTS5 opens an iterator for each
// word and merges the places of all words with the same beginning in memory, so that an expression decides about it.
constexpr std::size_t kMemoryOfQuery = std::size_t{96} << 20;
constexpr std::size_t kMemoryOfQueries = std::size_t{192} << 20;

// Makes SQLite allocate through functions that know the limits below. To be called before the first connection of the
// process; called later it changes nothing, and there are no limits.
void use_limited_memory();

// While it exists, an allocation of SQLite on this thread that would go past one of the limits fails, and the statement
// that wanted it ends with SQLITE_NOMEM. Destroyed, it lets the C library give back what was freed if there was much of
// it. At most one on a thread; further ones inside of it do nothing.
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
