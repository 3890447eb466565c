#pragma once

#include "server/cli/output.h"

#include <string>
#include <vector>

namespace callarchive::cli {

struct Column {
  std::string title;
  // The columns below which it is not narrowed. 0: it is shown whole, whatever happens (ids, times).
  std::size_t least = 0;
  bool right = false;     // numbers
  bool optional = false;  // left out where there is no room, or nothing in it
  bool if_any = false;    // left out where there is nothing in it, and only then
};

// Rows as columns that fit the terminal. The widths are settled by the first page of rows, so that a long list is
// printed as it comes.
class Table {
 public:
  Table(std::vector<Column> columns, Output& output, const Terminal& terminal);

  // Collects a row; cells are made harmless and cut to their column.
  void add(std::vector<std::string> cells);
  // Prints what was collected, at first with the titles.
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
  std::vector<std::size_t> widths_;  // empty: not settled; 0: left out
};

}  // namespace callarchive::cli
