#include "storage/read/item_query.h"

#include <set>

namespace callarchive::storage {
namespace {

// Up to so many items it is quicker to look at each one's text than to walk all hits of the text.
constexpr std::int64_t kFew = 1000;

constexpr const char* kTookPart =
    "EXISTS (SELECT 1 FROM timeline x WHERE x.number_id IN (SELECT value FROM json_each(?)) AND x.item = ";

}  // namespace

void ItemWalk::between(const optional<Millis>& since, const optional<Millis>& until) {
  if (since) from_ = first_key_at(*since);
  if (until) to_ = first_key_at(*until);
}

bool ItemWalk::is_nothing() const {
  if (users_ && users_->empty()) return true;
  return std::any_of(numbers_.begin(), numbers_.end(), [](const auto& ids) { return ids.empty(); });
}

bool ItemWalk::has_few(Connection& connection, const char* select, const Where& where) const {
  auto query = connection.query("SELECT count(*) FROM (" + string(select) + where.sql() + " LIMIT ?)");
  where.bind(query);
  query.bind(kFew + 1);
  query.step();
  return query.integer(0) <= kFew;
}

ItemWalk::Along ItemWalk::choose(Connection& connection) const {
  if (!chosen_) chosen_ = shortest(connection);
  return *chosen_;
}

ItemWalk::Along ItemWalk::shortest(Connection& connection) const {
  const auto otherwise = !numbers_.empty() ? Along::numbers : tag_ ? Along::tag : Along::table;
  if (!match_ || match_->wanted.empty()) return otherwise;
  if (match_->is_costly) return Along::text;
  Where where;
  if (!numbers_.empty()) {
    where.add_one_of("number_id", numbers_.front());
    return has_few(connection, "SELECT 1 FROM timeline", where) ? Along::numbers : Along::text;
  }
  if (tag_) {
    where.add("tag_id = (SELECT id FROM tags WHERE name = ?)", {*tag_});
    return has_few(connection, "SELECT 1 FROM call_tags", where) ? Along::tag : Along::text;
  }
  if (users_) {
    where.add_one_of("user_id", *users_);
    return has_few(connection, "SELECT 1 FROM calls", where) ? Along::table : Along::text;
  }
  return Along::text;
}

ItemWalk::Leg ItemWalk::leg(Along along, const vector<std::int64_t>& numbers, Over table) const {
  Leg leg;
  switch (along) {
    case Along::text:
      leg = {" FROM search", "search.rowid", {}};
      leg.where.add("search MATCH ?", {match_->wanted});
      break;
    case Along::numbers:
      leg = {" FROM timeline t", "t.item", {}};
      leg.where.add_one_of("t.number_id", numbers);
      break;
    case Along::tag:
      leg = {" FROM call_tags t", "t.item", {}};
      leg.where.add("t.tag_id = (SELECT id FROM tags WHERE name = ?)", {*tag_});
      break;
    case Along::table:
      if (table == Over::messages) leg = {" FROM messages m", "m.item", {}};
      else leg = {" FROM calls c", "c.item", {}};
      break;
  }
  add_conditions(along, leg);
  return leg;
}

void ItemWalk::add_conditions(Along along, Leg& leg) const {
  const string& key = leg.key;
  const bool row = !rows.empty() || users_;
  if (over_ == Over::both) {
    for (const auto& [table, name] : {std::pair("calls", "c"), std::pair("messages", "m")}) {
      const string row_key = string(name) + ".item";
      if (row && row_key != key)
        leg.from += string(" LEFT JOIN ") + table + " " + name + " ON " + row_key + " = " + key;
    }
  } else if (along != Along::table) {
    leg.where.add(key + (over_ == Over::calls ? " & 1 = 0" : " & 1 = 1"));
    // CROSS: the order is ours, the planner must not turn it round.
    if (row)
      leg.from +=
          (over_ == Over::messages ? " CROSS JOIN messages m ON m.item = " : " CROSS JOIN calls c ON c.item = ") + key;
  }
  if (from_) leg.where.add(key + " >= ?", {*from_});
  if (to_) leg.where.add(key + " < ?", {*to_});
  leg.where.add(rows);
  for (std::size_t i = along == Along::numbers ? 1 : 0; i < numbers_.size(); ++i) {
    leg.where.add(kTookPart + key + ")", {key_list(numbers_[i])});
  }
  if (tag_ && along != Along::tag) {
    leg.where.add("EXISTS (SELECT 1 FROM call_tags x WHERE x.item = " + key +
                      " AND x.tag_id = (SELECT id FROM tags WHERE name = ?))",
                  {*tag_});
  }
  if (users_) leg.where.add_one_of("c.user_id", *users_);
  if (match_ && along != Along::text) {
    const bool wanted = !match_->wanted.empty();
    leg.where.add(
        string(wanted ? "" : "NOT ") + "EXISTS (SELECT 1 FROM search WHERE search MATCH ? AND rowid = " + key + ")",
        {wanted ? match_->wanted : match_->unwanted});
  }
}

vector<ItemWalk::Leg> ItemWalk::legs(Connection& connection) const {
  vector<Leg> legs;
  const auto along = choose(connection);
  if (along == Along::numbers) {
    for (const auto id : numbers_.front()) legs.push_back(leg(along, {id}, over_));
  } else if (along == Along::table && over_ == Over::both) {
    legs = {leg(along, {}, Over::calls), leg(along, {}, Over::messages)};
  } else {
    legs.push_back(leg(along, {}, over_));
  }
  return legs;
}

vector<ItemKey> ItemWalk::find(Connection& connection, const Page& page) const {
  if (is_nothing()) return {};
  // The newest of all are among the newest of each.
  std::set<ItemKey, std::greater<>> newest;
  const auto wanted = static_cast<std::size_t>(page.limit) + 1;
  for (auto& leg : legs(connection)) {
    if (page.after) leg.where.add(leg.key + " < ?", {*page.after});
    auto query =
        connection.query("SELECT " + leg.key + leg.from + leg.where.sql() + " ORDER BY " + leg.key + " DESC LIMIT ?");
    leg.where.bind(query);
    query.bind(page.limit + 1);
    while (query.step()) newest.insert(query.integer(0));
    if (newest.size() > wanted) newest.erase(std::next(newest.begin(), page.limit + 1), newest.end());
  }
  return {newest.begin(), newest.end()};
}

Count ItemWalk::count(Connection& connection, bool exact) const {
  Count sum{0, true};
  if (is_nothing()) return sum;
  const auto along = choose(connection);
  vector<Leg> all = along == Along::numbers ? vector<Leg>{leg(along, numbers_.front(), over_)} : legs(connection);
  for (const auto& leg : all) {
    const bool repeats = along == Along::numbers && numbers_.front().size() > 1;
    const auto count =
        count_rows(connection, (repeats ? "SELECT DISTINCT " + leg.key : "SELECT 1") + leg.from, leg.where, exact);
    sum.total += count.total;
    sum.exact = sum.exact && count.exact;
  }
  if (!exact && sum.total > kCountLimit) return {kCountLimit, false};
  return sum;
}

vector<ItemWalk::Ranked> ItemWalk::find_ranked(Connection& connection) const {
  if (is_nothing()) return {};
  const auto leg = this->leg(Along::text, {}, over_);
  auto query = connection.query("SELECT search.rowid, " + relevance("search", kItemWeights) + leg.from +
                                leg.where.sql() + " ORDER BY search.rowid DESC LIMIT ?");
  leg.where.bind(query);
  query.bind(kRankedHits + 1);
  vector<Ranked> ranked;
  while (query.step()) ranked.push_back({query.integer(0), query.maybe_real(1).value_or(0)});
  return ranked;
}

}  // namespace callarchive::storage
