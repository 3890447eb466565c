#pragma once

#include "server/cli/output.h"

#include <string>
#include <vector>

namespace callarchive::cli {

struct Column {
  std::string title;
  // The width below which it is not narrowed. 0: it is never cut (ids, times).
  std::size_t least = 0;
  bool right = false;     // aligned to the right: numbers
  bool optional = false;  // omitted if there is too little room or all cells are empty
  bool if_any = false;    // omitted only if all cells are empty
};

// Rows as columns that fit the terminal. The first page of rows decides about the widths, so that a long list is
// printed while it is read.
class Table {
 public:
  Table(std::vector<Column> columns, Output& output, const Terminal& terminal);

  // Collects a row; cells are made harmless and cut to their column.
  void add(std::vector<std::string> cells);
  // Prints the rows collected so far, the first time with the titles.
  void print_page();

 private:
  void settle();
  std::size_t total() const;
  bool narrow_widest();
  std::string line(const std::vector<std::string>& cells) const;

  std::vector<Column> columns_;
  Output& output_;
  const Terminal terminal_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> widths_;  // empty: not decided yet; 0: omitted
};

}  // namespace callarchive::cli
