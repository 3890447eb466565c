#include "storage/read/item_query.h"

#include <algorithm>
#include <functional>
#include <set>

namespace callarchive::storage {
namespace {

// Up to so many items it is quicker to look at each one's text than to pass all hits of the text.
constexpr std::int64_t kFew = 1000;

constexpr const char* kTookPart =
    "EXISTS (SELECT 1 FROM timeline x WHERE x.number_id IN (SELECT value FROM json_each(?)) AND x.item = ";

}  // namespace

void ItemQuery::apply(ReadConnection& reader, const ItemFilter& filter) {
  if (!filter.numbers.empty()) with_numbers(find_number_ids(reader.sqlite, filter.numbers, reader.default_region));
  between(filter.since, filter.until);
  rows.add_if(filter.direction, kind_ == Kind::calls      ? "c.direction = ? COLLATE NOCASE"
                                : kind_ == Kind::messages ? "m.direction = ? COLLATE NOCASE"
                                                          : "coalesce(c.direction, m.direction) = ? COLLATE NOCASE");
  for_calls_alone_ = filter.is_about_calls_alone();
  if (filter.result) rows.add("c.result = ? COLLATE NOCASE", {*filter.result});
  tag_ = filter.tag;
  if (filter.user_email) users_ = find_user_ids(reader.sqlite, *filter.user_email);
}

void ItemQuery::between(const optional<Millis>& since, const optional<Millis>& until) {
  if (since) from_ = first_key_at(*since);
  if (until) to_ = first_key_at(*until);
}

bool ItemQuery::is_empty() const {
  if (for_calls_alone_ && kind_ == Kind::messages) return true;
  if (users_ && users_->empty()) return true;
  return std::any_of(numbers_.begin(), numbers_.end(), [](const auto& ids) { return ids.empty(); });
}

bool ItemQuery::has_few(Connection& connection, const char* select, const Where& where) const {
  auto query = connection.query("SELECT count(*) FROM (" + string(select) + where.sql() + " LIMIT ?)");
  where.bind(query);
  query.bind(kFew + 1);
  query.step();
  return query.integer(0) <= kFew;
}

ItemQuery::Index ItemQuery::driving_index(Connection& connection) const {
  if (!driving_index_) driving_index_ = choose_index(connection);
  return *driving_index_;
}

ItemQuery::Index ItemQuery::choose_index(Connection& connection) const {
  const auto otherwise = !numbers_.empty() ? Index::numbers : tag_ ? Index::tag : Index::table;
  if (!match_ || match_->wanted.empty()) return otherwise;
  if (match_->is_costly) return Index::text;
  Where where;
  if (!numbers_.empty()) {
    where.add_one_of("number_id", numbers_.front());
    return has_few(connection, "SELECT 1 FROM timeline", where) ? Index::numbers : Index::text;
  }
  if (tag_) {
    where.add("tag_id = (SELECT id FROM tags WHERE name = ?)", {*tag_});
    return has_few(connection, "SELECT 1 FROM call_tags", where) ? Index::tag : Index::text;
  }
  if (users_) {
    where.add_one_of("user_id", *users_);
    return has_few(connection, "SELECT 1 FROM calls", where) ? Index::table : Index::text;
  }
  return Index::text;
}

ItemQuery::Branch ItemQuery::branch(Index driving, const vector<std::int64_t>& numbers, Kind table) const {
  Branch branch;
  switch (driving) {
    case Index::text:
      branch = {" FROM " + match_->index, match_->index + ".rowid", {}};
      branch.where.add(match_->index + " MATCH ?", {match_->wanted});
      break;
    case Index::numbers:
      branch = {" FROM timeline t", "t.item", {}};
      branch.where.add_one_of("t.number_id", numbers);
      break;
    case Index::tag:
      branch = {" FROM call_tags t", "t.item", {}};
      branch.where.add("t.tag_id = (SELECT id FROM tags WHERE name = ?)", {*tag_});
      break;
    case Index::table:
      if (table == Kind::messages) branch = {" FROM messages m", "m.item", {}};
      else branch = {" FROM calls c", "c.item", {}};
      break;
  }
  add_predicates(driving, branch);
  return branch;
}

void ItemQuery::add_predicates(Index driving, Branch& branch) const {
  const string& key = branch.key;
  const bool row = !rows.empty() || users_;
  if (kind_ == Kind::both) {
    for (const auto& [table, name] : {std::pair("calls", "c"), std::pair("messages", "m")}) {
      const string row_key = string(name) + ".item";
      if (row && row_key != key)
        branch.from += string(" LEFT JOIN ") + table + " " + name + " ON " + row_key + " = " + key;
    }
  } else if (driving != Index::table) {
    branch.where.add(key + (kind_ == Kind::calls ? " & 1 = 0" : " & 1 = 1"));
    // CROSS: the order is ours, the planner must not turn it round.
    if (row)
      branch.from +=
          (kind_ == Kind::messages ? " CROSS JOIN messages m ON m.item = " : " CROSS JOIN calls c ON c.item = ") + key;
  }
  if (from_) branch.where.add(key + " >= ?", {*from_});
  if (to_) branch.where.add(key + " < ?", {*to_});
  branch.where.add(rows);
  for (std::size_t i = driving == Index::numbers ? 1 : 0; i < numbers_.size(); ++i) {
    branch.where.add(kTookPart + key + ")", {key_list(numbers_[i])});
  }
  if (tag_ && driving != Index::tag) {
    branch.where.add("EXISTS (SELECT 1 FROM call_tags x WHERE x.item = " + key +
                         " AND x.tag_id = (SELECT id FROM tags WHERE name = ?))",
                     {*tag_});
  }
  if (users_) branch.where.add_one_of("c.user_id", *users_);
  if (match_ && driving != Index::text) {
    const bool wanted = !match_->wanted.empty();
    branch.where.add(string(wanted ? "" : "NOT ") + "EXISTS (SELECT 1 FROM " + match_->index + " WHERE " +
                         match_->index + " MATCH ? AND rowid = " + key + ")",
                     {wanted ? match_->wanted : match_->unwanted});
  }
}

vector<ItemQuery::Branch> ItemQuery::branches(Connection& connection) const {
  vector<Branch> branches;
  const auto driving = driving_index(connection);
  if (driving == Index::numbers) {
    for (const auto id : numbers_.front()) branches.push_back(branch(driving, {id}, kind_));
  } else if (driving == Index::table && kind_ == Kind::both) {
    branches = {branch(driving, {}, Kind::calls), branch(driving, {}, Kind::messages)};
  } else {
    branches.push_back(branch(driving, {}, kind_));
  }
  return branches;
}

vector<ItemKey> ItemQuery::find(Connection& connection, const Page& page) const {
  if (is_empty()) return {};
  // The newest of all are among the newest of each.
  std::set<ItemKey, std::greater<>> newest;
  const auto wanted = static_cast<std::size_t>(page.limit) + 1;
  for (auto& branch : branches(connection)) {
    if (page.after) branch.where.add(branch.key + " < ?", {*page.after});
    auto query = connection.query("SELECT " + branch.key + branch.from + branch.where.sql() + " ORDER BY " +
                                  branch.key + " DESC LIMIT ?");
    branch.where.bind(query);
    query.bind(page.limit + 1);
    while (query.step()) newest.insert(query.integer(0));
    if (newest.size() > wanted) newest.erase(std::next(newest.begin(), page.limit + 1), newest.end());
  }
  return {newest.begin(), newest.end()};
}

vector<ItemKey> ItemQuery::find_all(Connection& connection) const {
  vector<ItemKey> keys;
  if (is_empty()) return keys;
  const auto all = branches(connection);
  for (const auto& branch : all) {
    auto query = connection.query("SELECT " + branch.key + branch.from + branch.where.sql() + " ORDER BY " +
                                  branch.key + " DESC");
    branch.where.bind(query);
    while (query.step()) keys.push_back(query.integer(0));
  }
  if (all.size() > 1) {
    std::sort(keys.begin(), keys.end(), std::greater<>());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  }
  return keys;
}

Count ItemQuery::count(Connection& connection, bool exact) const {
  Count sum{0, true};
  if (is_empty()) return sum;
  const auto driving = driving_index(connection);
  vector<Branch> all =
      driving == Index::numbers ? vector<Branch>{branch(driving, numbers_.front(), kind_)} : branches(connection);
  for (const auto& branch : all) {
    const bool repeats = driving == Index::numbers && numbers_.front().size() > 1;
    const auto count = count_rows(connection, (repeats ? "SELECT DISTINCT " + branch.key : "SELECT 1") + branch.from,
                                  branch.where, exact);
    sum.total += count.total;
    sum.exact = sum.exact && count.exact;
  }
  if (!exact && sum.total > kCountLimit) return {kCountLimit, false};
  return sum;
}

vector<ItemQuery::Ranked> ItemQuery::find_ranked(Connection& connection) const {
  if (is_empty()) return {};
  const auto branch = this->branch(Index::text, {}, kind_);
  auto query =
      connection.query("SELECT " + match_->index + ".rowid, " + relevance(match_->index, kItemWeights) + branch.from +
                       branch.where.sql() + " ORDER BY " + match_->index + ".rowid DESC LIMIT ?");
  branch.where.bind(query);
  query.bind(kRankedHits + 1);
  vector<Ranked> ranked;
  while (query.step()) ranked.push_back({query.integer(0), query.maybe_real(1).value_or(0)});
  return ranked;
}

}  // namespace callarchive::storage
