#include "storage/care/compare.h"

#include "storage/care/dump.h"
#include "storage/sqlite/connection.h"

namespace callarchive::storage {
namespace {

// How the rows of a table are walked: in the order of their key, and after the key all of the row as one text.
class Walk {
 public:
  Walk(Connection& connection, const string& table) : table_(table) {
    auto query = connection.query("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY pk, cid");
    query.bind(table);
    string key, row;
    while (query.step()) {
      const string name = "\"" + query.text(0) + "\"";
      row += (row.empty() ? "quote(" : " || '|' || quote(") + name + ")";
      if (query.integer(2) == 0) continue;
      key += (key.empty() ? "" : ", ") + name;
      key_.push_back({query.text(0), query.text(1) == "INTEGER"});
    }
    sql_ = "SELECT " + key + ", " + row + " FROM " + table + " ORDER BY " + key;
  }

  const string& sql() const { return sql_; }
  // Below 0 when the row of `a` comes first.
  int order(const Query& a, const Query& b) const {
    int column = 0;
    for (const auto& part : key_) {
      const int order = part.is_integer
                            ? (a.integer(column) > b.integer(column)) - (a.integer(column) < b.integer(column))
                            : a.text(column).compare(b.text(column));
      if (order != 0) return order;
      ++column;
    }
    return 0;
  }
  bool is_same(const Query& a, const Query& b) const {
    const int behind_key = static_cast<int>(key_.size());
    return a.text(behind_key) == b.text(behind_key);
  }
  string name_of(const Query& row) const {
    string name = table_;
    for (std::size_t i = 0; i < key_.size(); ++i) name += " " + key_[i].name + "=" + row.text(static_cast<int>(i));
    return name;
  }

 private:
  struct Part {
    string name;
    bool is_integer;
  };
  const string table_;
  vector<Part> key_ = {};
  string sql_ = {};
};

void compare_table(const Walk& walk, Query kept, Query made, const std::function<void(string row)>& differ) {
  bool has_kept = kept.step(), has_made = made.step();
  while (has_kept || has_made) {
    const int order = !has_kept ? 1 : !has_made ? -1 : walk.order(kept, made);
    if (order < 0) differ("- " + walk.name_of(kept));
    if (order > 0) differ("+ " + walk.name_of(made));
    if (order == 0 && !walk.is_same(kept, made)) differ("~ " + walk.name_of(kept));
    // Only what came first goes on, so that one missing row is one difference.
    if (order <= 0) has_kept = kept.step();
    if (order >= 0) has_made = made.step();
  }
}

}  // namespace

void compare_tables(const string& kept, const string& made, const std::function<void(string row)>& differ) {
  try {
    Connection first(kept, Connection::Mode::read_only), second(made, Connection::Mode::read_only);
    const Snapshot first_state(first), second_state(second);
    for (const string table : projected_tables()) {
      const Walk walk(first, table);
      compare_table(walk, first.query(walk.sql()), second.query(walk.sql()), differ);
    }
  } catch (const SQLite::Exception& error) {
    throw CannotOpen(kept + ": " + error.what());
  }
}

}  // namespace callarchive::storage
