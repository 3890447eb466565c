#include "server/cli/table.h"

#include "server/cli/text.h"

#include <algorithm>

namespace callarchive::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWidestCell = 60;  // where nothing says how wide a line may be

}  // namespace

Table::Table(std::vector<Column> columns, Output& output, const Terminal& terminal)
    : columns_(std::move(columns)), output_(output), terminal_(terminal) {}

void Table::add(std::vector<std::string> cells) {
  for (auto& cell : cells) cell = harmless(cell);
  rows_.push_back(std::move(cells));
}

std::size_t Table::total() const {
  std::size_t sum = 0;
  for (const auto column : widths_) sum += column > 0 ? column + kGap : 0;
  return sum > 0 ? sum - kGap : 0;
}

bool Table::narrow_widest() {
  std::size_t* widest = nullptr;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool may_shrink = columns_[i].least > 0 && widths_[i] > columns_[i].least;
    if (may_shrink && (!widest || widths_[i] > *widest)) widest = &widths_[i];
  }
  if (widest) --*widest;
  return widest != nullptr;
}

void Table::settle() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = 0;
    for (const auto& row : rows_) widest = std::max(widest, width(row[i]));
    const bool is_empty = widest == 0 && (columns_[i].optional || columns_[i].if_any);
    widths_.push_back(is_empty ? 0 : std::max(widest, width(columns_[i].title)));
    if (!terminal_.columns && columns_[i].least > 0) widths_[i] = std::min(widths_[i], kWidestCell);
  }
  if (!terminal_.columns) return;
  while (total() > *terminal_.columns && narrow_widest()) {}
  for (std::size_t i = columns_.size(); i-- > 0 && total() > *terminal_.columns;) {
    if (columns_[i].optional) widths_[i] = 0;
  }
}

std::string Table::line(const std::vector<std::string>& cells) const {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths_[i] == 0) continue;
    if (!text.empty()) text += std::string(kGap, ' ');
    const bool may_cut = columns_[i].least > 0 || columns_[i].optional;
    text += pad(may_cut ? cut(cells[i], widths_[i]) : cells[i], widths_[i], columns_[i].right);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

void Table::print_page() {
  if (widths_.empty()) {
    settle();
    std::vector<std::string> titles;
    for (const auto& column : columns_) titles.push_back(column.title);
    output_.line(terminal_.bold(line(titles)));
  }
  for (const auto& row : rows_) output_.line(line(row));
  rows_.clear();
}

}  // namespace callarchive::cli
