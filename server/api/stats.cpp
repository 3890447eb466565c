#include "server/api/stats.h"

#include "server/api/answer.h"
#include "server/api/filters.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace callarchive::api {
namespace {

constexpr std::pair<std::string_view, StatsBucket> kBuckets[] = {
    {"hour", StatsBucket::hour}, {"day", StatsBucket::day}, {"week", StatsBucket::week}, {"month", StatsBucket::month}};
constexpr std::pair<std::string_view, StatsGroup> kGroups[] = {{"direction", StatsGroup::direction},
                                                               {"result", StatsGroup::result},
                                                               {"tag", StatsGroup::tag},
                                                               {"user", StatsGroup::user},
                                                               {"number", StatsGroup::number}};

// The one of `names` that is in `words`; two of them are a mistake.
template <typename Value, std::size_t size>
optional<Value> only_one(Query& query, const vector<string>& words,
                         const std::pair<std::string_view, Value> (&names)[size]) {
  optional<Value> found;
  for (const auto& [name, value] : names) {
    if (std::find(words.begin(), words.end(), name) == words.end()) continue;
    if (found) query.refuse("by", "expected at most one of hour, day, week, month and at most one of the others");
    found = value;
  }
  return found;
}

StatsQuery read_stats_query(Query& query) {
  StatsQuery stats_query{read_item_filter(query)};
  stats_query.numbers = query.numbers("number");
  const auto by = query.words("by", {"hour", "day", "week", "month", "direction", "result", "tag", "user", "number"});
  stats_query.per = only_one(query, by, kBuckets);
  stats_query.by = only_one(query, by, kGroups);
  stats_query.time_zone = query.time_zone();
  const auto kinds = query.words("kind", {"call", "message"});
  const auto counts = [&](const char* kind) {
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  stats_query.calls = counts("call");
  stats_query.messages = counts("message");
  return stats_query;
}

void count_members(JsonWriter& json, const StatsRow& row) {
  json.member("calls", row.calls);
  json.member("messages", row.messages);
  json.member("seconds", row.seconds);
  json.member("minutes", std::round(row.minutes * 100) / 100);  // a sum of fractions has no exact end
}

}  // namespace

http::Response show_stats(const Context& context, const http::Request& request) {
  Query query(request);
  const StatsQuery stats_query = read_stats_query(query);
  const Stats stats = open_reader(context, query).find_stats(stats_query);
  http::Response response;
  JsonWriter json(response.body);
  json.begin_object();
  json.key("data");
  json.begin_array();
  for (const auto& row : stats.rows) {
    json.begin_object();
    json.member("bucket", row.label);
    json.instant_member("from", row.from);
    json.instant_member("to", row.to);
    json.member("key", row.value);
    count_members(json, row);
    json.end_object();
  }
  json.end_array();
  json.key("total");
  json.begin_object();
  count_members(json, stats.total);
  json.end_object();
  json.member("has_more", stats.has_more);
  json.end_object();
  return response;
}

}  // namespace callarchive::api
