#include "storage/items/item_key.h"
#include "storage/read/connection.h"
#include "storage/read/stats_buckets.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace callarchive {
namespace {

using namespace storage;

// Gives each word a number, so that rows are counted by numbers alone; words in another case are the same. 0 is "none".
class Texts {
 public:
  std::int64_t number_of(const optional<string>& text) {
    if (!text) return 0;
    const string capitals = ascii::upper(*text);  // as SQLite's NOCASE compares
    const auto found = std::find(texts_.begin(), texts_.end(), capitals);
    if (found != texts_.end()) return found - texts_.begin() + 1;
    texts_.push_back(capitals);
    return static_cast<std::int64_t>(texts_.size());
  }
  const string& text(std::int64_t number) const { return texts_.at(static_cast<std::size_t>(number - 1)); }

 private:
  vector<string> texts_;  // a handful: directions and results
};

struct Sum {
  std::int64_t calls = 0, messages = 0, seconds = 0;
  double minutes = 0;

  void add_call(std::int64_t more_seconds, double more_minutes) {
    ++calls;
    seconds += more_seconds;
    minutes += more_minutes;
  }
  void add(const Sum& more) {
    calls += more.calls;
    messages += more.messages;
    seconds += more.seconds;
    minutes += more.minutes;
  }
};

StatsRow row_of(const Sum& sum) {
  StatsRow row;
  row.calls = sum.calls;
  row.messages = sum.messages;
  row.seconds = sum.seconds;
  row.minutes = sum.minutes;
  return row;
}

// The sums of one bucket by value; 0 is "none".
using Sums = std::unordered_map<std::int64_t, Sum>;

class Counter {
 public:
  Counter(ReadConnection& reader, const StatsQuery& stats_query) : reader_(reader), stats_query_(stats_query) {
    check_time_zone(stats_query.time_zone);
    if (stats_query.per) buckets_ = std::make_unique<Buckets>(*stats_query.per, stats_query.time_zone);
    if (!stats_query.numbers.empty()) {
      numbers_ = find_number_ids(reader.sqlite, stats_query.numbers, reader.default_region);
    }
    if (stats_query.user_email) users_ = find_user_ids(reader.sqlite, *stats_query.user_email);
  }

  Stats count() {
    const bool calls = stats_query_.calls;
    const bool messages =
        stats_query_.messages && !stats_query_.result && !stats_query_.tag && !stats_query_.user_email;
    // Where nothing but time parts the rows, SQLite adds them up without giving them out one by one. Hours are too
    // short for that to be quicker.
    const bool by_time_alone =
        !stats_query_.by && !stats_query_.tag && !numbers_ && stats_query_.per != StatsBucket::hour;
    if (calls && by_time_alone) {
      add_up("count(*), 0, coalesce(sum(t.duration_seconds), 0), total(t.length_in_minutes)", kCalls,
             call_conditions());
    } else if (calls) {
      count_calls();
    }
    current_ = nullptr;
    if (messages && by_time_alone) add_up("0, count(*), 0, 0.0", kMessages, conditions());
    else if (messages) count_messages();
    return stats();
  }

 private:
  static constexpr const char* kCalls = " FROM calls t INDEXED BY calls_in_short";
  static constexpr const char* kMessages = " FROM messages t INDEXED BY messages_in_short";

  // Conditions that calls and messages share. `t` is the table's alias.
  Where conditions() const {
    Where where;
    if (stats_query_.since) where.add("t.item >= ?", {first_key_at(*stats_query_.since)});
    if (stats_query_.until) where.add("t.item < ?", {first_key_at(*stats_query_.until)});
    where.add_if(stats_query_.direction, "t.direction = ? COLLATE NOCASE");
    if (numbers_) {
      where.add("t.item IN (SELECT item FROM timeline WHERE number_id IN (SELECT value FROM json_each(?)))",
                {key_list(*numbers_)});
    }
    return where;
  }

  Where call_conditions() const {
    Where where = conditions();
    where.add_if(stats_query_.result, "t.result = ? COLLATE NOCASE");
    if (users_) where.add_one_of("t.user_id", *users_);
    where.add_if(stats_query_.tag,
                 "t.item IN (SELECT item FROM call_tags WHERE tag_id = (SELECT id FROM tags WHERE name = ?))");
    return where;
  }

  // From bucket to bucket that has anything; `sums` are calls, messages, seconds and minutes.
  void add_up(const char* sums, const char* from, const Where& where) {
    const string next_sql = "SELECT t.item" + string(from) + " WHERE t.item >= ? ORDER BY t.item LIMIT 1";
    Where bounded = where;
    if (buckets_) bounded.add("t.item >= ? AND t.item < ?");
    const string sum_sql = "SELECT " + string(sums) + from + bounded.sql();
    for (ItemKey begin = stats_query_.since ? first_key_at(*stats_query_.since) : std::numeric_limits<ItemKey>::min();
         ;) {
      auto next = reader_.sqlite.query(next_sql);
      next.bind(begin);
      if (!next.step()) return;
      const Bucket bucket = buckets_ ? buckets_->at(instant_of(next.integer(0))) : Bucket{};
      if (stats_query_.until && buckets_ && bucket.from >= *stats_query_.until) return;
      auto query = reader_.sqlite.query(sum_sql);
      where.bind(query);
      if (buckets_) query.bind(first_key_at(bucket.from), first_key_at(bucket.to));
      query.step();
      const Sum sum{query.integer(0), query.integer(1), query.integer(2), query.maybe_real(3).value_or(0)};
      if (sum.calls + sum.messages > 0) {
        total_.add(sum);
        auto& [place, sums_of_bucket] = counted_[bucket.from];
        place = bucket;
        sums_of_bucket[0].add(sum);
      }
      if (!buckets_) return;
      begin = first_key_at(bucket.to);
    }
  }

  void count_calls() {
    const Where where = call_conditions();
    string value = "NULL", more_from;
    if (stats_query_.by == StatsGroup::direction) value = "t.direction";
    if (stats_query_.by == StatsGroup::result) value = "t.result";
    if (stats_query_.by == StatsGroup::user) value = "t.user_id";
    if (stats_query_.by == StatsGroup::number) value = "t.from_number_id, t.to_number_id, t.original_to_number_id";
    if (stats_query_.by == StatsGroup::tag) {
      value = "g.tag_id";
      more_from = " LEFT JOIN call_tags g ON g.item = t.item";
    }
    const auto transfers = transfers_by_call();
    auto query = reader_.sqlite.query("SELECT t.item, t.duration_seconds, t.length_in_minutes, " + value + kCalls +
                                      more_from + where.sql() + " ORDER BY t.item");
    where.bind(query);
    optional<ItemKey> last;
    while (query.step()) {
      const ItemKey item = query.integer(0);
      const auto seconds = query.integer(1);
      const auto minutes = query.maybe_real(2).value_or(0);
      auto& sums = sums_at(item);
      if (item != last) total_.add_call(seconds, minutes);  // once, however many tags it has
      last = item;
      if (stats_query_.by == StatsGroup::number) {
        read_numbers(query, 3, 3);
        const auto [from, to] = transfers.equal_range(item);
        for (auto transfer = from; transfer != to; ++transfer) add_number(transfer->second);
        for (const auto id : ids_) sums[id].add_call(seconds, minutes);
      } else {
        sums[value_of(query, 3)].add_call(seconds, minutes);
      }
    }
  }

  void count_messages() {
    const Where where = conditions();
    string value = "NULL";
    if (stats_query_.by == StatsGroup::direction) value = "t.direction";
    if (stats_query_.by == StatsGroup::number) value = "t.from_number_id, t.to_number_id";
    auto query = reader_.sqlite.query("SELECT t.item, " + value + kMessages + where.sql() + " ORDER BY t.item");
    where.bind(query);
    while (query.step()) {
      auto& sums = sums_at(query.integer(0));
      ++total_.messages;
      if (stats_query_.by == StatsGroup::number) {
        read_numbers(query, 1, 2);
        for (const auto id : ids_) ++sums[id].messages;
      } else {
        ++sums[value_of(query, 1)].messages;
      }
    }
  }

  void add_number(std::int64_t id) {
    if (ids_.size() == 1 && ids_.front() == 0) ids_.clear();
    if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) ids_.push_back(id);
  }

  // Fills ids_ with the numbers that took part, each once. Calls and messages without any count as 0.
  void read_numbers(const Query& query, int first, int count) {
    ids_.clear();
    for (int column = first; column < first + count; ++column) {
      if (!query.is_null(column)) add_number(query.integer(column));
    }
    if (ids_.empty()) ids_.push_back(0);
  }

  std::unordered_multimap<ItemKey, std::int64_t> transfers_by_call() const {
    std::unordered_multimap<ItemKey, std::int64_t> transfers;
    if (stats_query_.by != StatsGroup::number) return transfers;
    auto query = reader_.sqlite.query("SELECT item, number_id FROM call_transfers WHERE number_id IS NOT NULL");
    while (query.step()) transfers.emplace(query.integer(0), query.integer(1));
    return transfers;
  }

  std::int64_t value_of(const Query& query, int column) {
    const bool is_text = stats_query_.by == StatsGroup::direction || stats_query_.by == StatsGroup::result;
    return is_text ? texts_.number_of(query.maybe_text(column)) : query.maybe_integer(column).value_or(0);
  }

  // The sums of the bucket in which the item lies. Items come in the order of time, so it is mostly the last one.
  Sums& sums_at(ItemKey item) {
    if (current_ != nullptr && (!buckets_ || (item >= begin_ && item < end_))) return *current_;
    Bucket bucket;
    if (buckets_) {
      bucket = buckets_->at(instant_of(item));
      begin_ = first_key_at(bucket.from);
      end_ = first_key_at(bucket.to);
    }
    auto& found = counted_[bucket.from];
    found.first = std::move(bucket);
    current_ = &found.second;
    return *current_;
  }

  optional<string> name_of(std::int64_t value) {
    if (value == 0 || !stats_query_.by) return {};
    const char* sql = nullptr;
    switch (*stats_query_.by) {
      case StatsGroup::direction:
      case StatsGroup::result: return texts_.text(value);
      case StatsGroup::tag: sql = "SELECT name FROM tags WHERE id = ?"; break;
      case StatsGroup::user: sql = "SELECT email FROM users WHERE id = ?"; break;
      case StatsGroup::number: sql = "SELECT number FROM numbers WHERE id = ?"; break;
    }
    auto query = reader_.sqlite.query(sql);
    query.bind(value);
    if (!query.step()) return {};
    return query.text(0);
  }

  void add_rows(const Bucket& bucket, const Sums& sums, Stats& stats) {
    vector<StatsRow> rows;
    for (const auto& [value, sum] : sums) {
      StatsRow row = row_of(sum);
      if (buckets_) {
        row.from = bucket.from;
        row.to = bucket.to;
        row.label = bucket.label;
      }
      row.value = name_of(value);
      rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const StatsRow& a, const StatsRow& b) {
      const auto a_all = a.calls + a.messages, b_all = b.calls + b.messages;
      return a_all != b_all ? a_all > b_all : a.value < b.value;
    });
    for (auto& row : rows) {
      stats.has_more = static_cast<std::int64_t>(stats.rows.size()) >= stats_query_.limit;
      if (stats.has_more) return;
      stats.rows.push_back(std::move(row));
    }
  }

  Stats stats() {
    Stats stats;
    stats.total = row_of(total_);
    for (const auto& [from, bucket] : counted_) {
      add_rows(bucket.first, bucket.second, stats);
      if (stats.has_more) break;
    }
    return stats;
  }

  ReadConnection& reader_;
  const StatsQuery& stats_query_;
  std::unique_ptr<Buckets> buckets_;
  optional<vector<std::int64_t>> numbers_;
  optional<vector<std::int64_t>> users_;
  vector<std::int64_t> ids_;  // of one row
  Texts texts_;
  Sum total_;
  std::map<Millis, std::pair<Bucket, Sums>> counted_;  // by the begin of the bucket
  Sums* current_ = nullptr;
  ItemKey begin_ = 0, end_ = 0;
};

}  // namespace

Stats Reader::find_stats(const StatsQuery& stats_query) {
  return ask(*connection_, [&](Connection&) { return Counter(*connection_, stats_query).count(); });
}

}  // namespace callarchive
