#include "storage/read/stats_buckets.h"
#include "tests/storage/naive_archive.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

namespace callarchive {
namespace {

using storage::Bucket;
using storage::Buckets;
using test::NaiveArchive;
using test::TemporaryArchive;

constexpr Millis kHour = 3'600'000;

TEST(StatsBuckets, FollowTheClockOfTheZone) {
  struct Row {
    StatsBucket per;
    const char* zone;
    Millis at;
    const char* label;
    double hours;
  };
  const Row rows[] = {
      {StatsBucket::day, "UTC", 1711843200000, "2024-03-31", 24},
      {StatsBucket::day, "Europe/Paris", 1711843200000, "2024-03-31", 23},       // clocks go forward
      {StatsBucket::day, "Europe/Paris", 1729987200000, "2024-10-27", 25},       // and back
      {StatsBucket::day, "America/Sao_Paulo", 1541300400000, "2018-11-04", 23},  // there is no midnight
      {StatsBucket::month, "Europe/Paris", 1711843200000, "2024-03", 31 * 24 - 1},
      {StatsBucket::week, "UTC", 1704067200000, "2024-W01", 168},
      {StatsBucket::week, "UTC", 1703980800000, "2023-W52", 168},  // the Sunday before
      {StatsBucket::week, "Europe/Paris", 1711843200000, "2024-W13", 167},
      {StatsBucket::hour, "Europe/Paris", 1711846800000, "2024-03-31T03:00+02:00", 1},
      {StatsBucket::hour, "Europe/Paris", 1729987200000, "2024-10-27T02:00+02:00", 1},
      {StatsBucket::hour, "Europe/Paris", 1729990800000, "2024-10-27T02:00+01:00", 1},
      {StatsBucket::hour, "Asia/Kolkata", 1711845000000, "2024-03-31T06:00+05:30", 1},
      {StatsBucket::hour, "Australia/Lord_Howe", 1712415600000, "2024-04-07T01:30+10:30", 0.5},  // back by half an hour
      {StatsBucket::day, "UTC", -1, "1969-12-31", 24},
  };
  for (const auto& row : rows) {
    const auto bucket = Buckets(row.per, row.zone).at(row.at);
    EXPECT_EQ(bucket.label, row.label) << row.zone << " " << row.at;
    EXPECT_EQ(static_cast<double>(bucket.to - bucket.from) / kHour, row.hours) << row.zone << " " << row.at;
    EXPECT_LE(bucket.from, row.at) << row.label;
    EXPECT_LT(row.at, bucket.to) << row.label;
  }
}

TEST(StatsBuckets, LieOneBehindTheOther) {
  for (const char* zone :
       {"UTC", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "America/Havana", "Asia/Gaza"}) {
    for (const auto per : {StatsBucket::hour, StatsBucket::day, StatsBucket::week, StatsBucket::month}) {
      const Buckets buckets(per, zone);
      Millis at = 1104537600000;  // 2005, when St John's still changed its clock at 00:01
      const int steps = per == StatsBucket::hour ? 20000 : 900;
      for (int i = 0; i < steps; ++i) {
        const auto bucket = buckets.at(at);
        ASSERT_LE(bucket.from, at) << zone << " " << bucket.label;
        ASSERT_LT(at, bucket.to) << zone << " " << bucket.label;
        ASSERT_EQ(buckets.at(bucket.from).from, bucket.from) << zone << " " << bucket.label;
        ASSERT_EQ(buckets.at(bucket.to - 1).from, bucket.from) << zone << " " << bucket.label;
        at = bucket.to;
        ASSERT_EQ(buckets.at(at).from, at) << zone << " " << bucket.label;
      }
    }
  }
}

TEST(StatsBuckets, RefuseAnUnknownZone) {
  for (const char* zone : {"", "Europe/Atlantis", "../etc/passwd", "/etc/localtime"}) {
    EXPECT_THROW(Buckets(StatsBucket::day, zone), UnknownTimeZone) << zone;
  }
}

// A zone whose clock changes once in the autumn of 2023, between two hours, with what it is ahead of UTC written out.
struct Clock {
  const char* zone;
  Millis change;
  Millis ahead_before, ahead_after;
};

const Clock kClocks[] = {
    {"UTC", 0, 0, 0},
    {"Europe/Paris", 1'698'541'200'000, 2 * kHour, kHour},            // 2023-10-29T01:00Z
    {"America/New_York", 1'699'164'000'000, -4 * kHour, -5 * kHour},  // 2023-11-05T06:00Z
    {"Asia/Kolkata", 0, 0, kHour * 11 / 2},
};

constexpr Millis kDay = 24 * kHour;

// An instant that the local clock shows only once.
Millis instant_at(const Clock& clock, Millis local) {
  return local - clock.ahead_before < clock.change ? local - clock.ahead_before : local - clock.ahead_after;
}

// From and to of the bucket, without storage/read/stats_buckets.h.
std::pair<Millis, Millis> bucket_by_hand(const Clock& clock, StatsBucket per, Millis at) {
  const Millis ahead = at < clock.change ? clock.ahead_before : clock.ahead_after;
  const Millis local = at + ahead;
  if (per == StatsBucket::hour) {
    const Millis from = local - local % kHour - ahead;
    return {from, from + kHour};
  }
  constexpr Millis kOctober = 19631, kNovember = 19662, kDecember = 19692;  // their first days, from 1970
  Millis first = local / kDay, next = first + 1;
  if (per == StatsBucket::week) {
    first -= (first + 3) % 7;  // 1970 began on a Thursday
    next = first + 7;
  } else if (per == StatsBucket::month) {
    next = first < kNovember ? kNovember : kDecember;
    first = first < kNovember ? kOctober : kNovember;
  }
  return {instant_at(clock, first * kDay), instant_at(clock, next * kDay)};
}

const Clock& clock_of(const string& zone) {
  return *std::find_if(std::begin(kClocks), std::end(kClocks), [&](const Clock& clock) { return zone == clock.zone; });
}

class Statistics : public testing::Test {
 protected:
  static void SetUpTestSuite() { truth = new NaiveArchive(3, 250); }
  static void TearDownTestSuite() {
    delete truth;
    truth = nullptr;
  }
  static NaiveArchive* truth;
};
NaiveArchive* Statistics::truth = nullptr;

// What the calls and messages that `keeps` leaves are counted as, by hand.
using Cells = std::map<std::pair<Millis, string>, StatsRow>;

struct Expected {
  Cells cells;
  StatsRow total;
};

template <typename Item, typename ValuesOf>
void count(const vector<Item>& items, const StatsQuery& query, const std::function<bool(const Item&)>& keeps,
           const ValuesOf& values_of, Expected& expected) {
  for (const auto& item : items) {
    if (!keeps(item)) continue;
    std::pair<Millis, Millis> bucket;
    if (query.per) bucket = bucket_by_hand(clock_of(query.time_zone), *query.per, item.at);
    vector<StatsRow*> rows = {&expected.total};
    for (const string& value : values_of(item)) {
      rows.push_back(&expected.cells[{bucket.first, value}]);
      rows.back()->to = bucket.second;
    }
    for (auto* row : rows) {
      if constexpr (std::is_same_v<Item, test::NaiveCall>) {
        ++row->calls;
        row->seconds += item.seconds;
        row->minutes += static_cast<double>(item.seconds) / 60;
      } else {
        ++row->messages;
      }
    }
  }
}

Expected count_by_hand(const NaiveArchive& truth, const StatsQuery& query) {
  const auto in_time = [&](Millis at) { return at >= query.since.value_or(at) && at < query.until.value_or(at + 1); };
  const auto has_number = [&](const vector<string>& numbers) {
    return query.numbers.empty() || std::any_of(numbers.begin(), numbers.end(), [&](const auto& number) {
             return std::find(query.numbers.begin(), query.numbers.end(), number) != query.numbers.end();
           });
  };
  const auto distinct = [](vector<string> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (values.empty()) values.push_back("");
    return values;
  };
  Expected expected;
  const std::function<bool(const test::NaiveCall&)> keeps_call = [&](const test::NaiveCall& call) {
    const bool tagged = !query.tag || std::find(call.tags.begin(), call.tags.end(), *query.tag) != call.tags.end();
    return query.calls && in_time(call.at) && has_number(call.numbers) && tagged &&
           call.direction == query.direction.value_or(call.direction) &&
           call.result == query.result.value_or(call.result) && call.user == query.user_email.value_or(call.user);
  };
  const std::function<bool(const test::NaiveMessage&)> keeps_message = [&](const test::NaiveMessage& message) {
    return query.messages && in_time(message.at) && has_number(message.numbers) && !query.tag && !query.result &&
           !query.user_email && message.direction == query.direction.value_or(message.direction);
  };
  count(
      truth.calls, query, keeps_call,
      [&](const test::NaiveCall& call) {
        if (!query.by) return vector<string>{""};
        switch (*query.by) {
          case StatsGroup::direction: return vector<string>{call.direction};
          case StatsGroup::result: return vector<string>{call.result};
          case StatsGroup::user: return vector<string>{call.user};
          case StatsGroup::tag: return distinct(call.tags);
          case StatsGroup::number: return distinct(call.numbers);
        }
        return vector<string>{};
      },
      expected);
  count(
      truth.messages, query, keeps_message,
      [&](const test::NaiveMessage& message) {
        if (query.by == StatsGroup::direction) return vector<string>{message.direction};
        if (query.by == StatsGroup::number) return distinct(message.numbers);
        return vector<string>{""};
      },
      expected);
  return expected;
}

void expect_counts(const StatsRow& row, const StatsRow& expected, const string& name) {
  EXPECT_EQ(row.calls, expected.calls) << name;
  EXPECT_EQ(row.messages, expected.messages) << name;
  EXPECT_EQ(row.seconds, expected.seconds) << name;
  EXPECT_NEAR(row.minutes, expected.minutes, 1e-6) << name;
}

void compare(NaiveArchive& truth, const StatsQuery& query, const string& name) {
  const auto stats = truth.archive.reader().find_stats(query);
  const auto expected = count_by_hand(truth, query);
  expect_counts(stats.total, expected.total, name);
  EXPECT_EQ(stats.rows.size(), expected.cells.size()) << name;
  EXPECT_FALSE(stats.has_more);
  optional<StatsRow> before;
  for (const auto& row : stats.rows) {
    const auto found = expected.cells.find({row.from.value_or(0), row.value.value_or("")});
    ASSERT_NE(found, expected.cells.end()) << name << " " << row.label.value_or("");
    expect_counts(row, found->second, name);
    EXPECT_EQ(row.to.value_or(0), found->second.to) << name << " " << row.label.value_or("");
    if (before && before->from == row.from)
      EXPECT_GE(before->calls + before->messages, row.calls + row.messages) << name;
    if (before) EXPECT_LE(before->from, row.from) << name;
    before = row;
  }
}

TEST_F(Statistics, EqualACountByHand) {
  const optional<StatsBucket> pers[] = {{}, StatsBucket::hour, StatsBucket::day, StatsBucket::week, StatsBucket::month};
  const optional<StatsGroup> groups[] = {
      {}, StatsGroup::direction, StatsGroup::result, StatsGroup::tag, StatsGroup::user, StatsGroup::number};
  const vector<std::pair<string, std::function<void(StatsQuery&)>>> filters = {
      {"none", [](auto&) {}},
      {"number", [](auto& q) { q.numbers = {truth->numbers[25]}; }},
      {"numbers",
       [](auto& q) {
         q.numbers = {truth->numbers[1], truth->numbers[26]};
       }},
      {"nobody", [](auto& q) { q.numbers = {"+999"}; }},
      {"direction", [](auto& q) { q.direction = "INBOUND"; }},
      {"result", [](auto& q) { q.result = "BLOCKED"; }},
      {"tag", [](auto& q) { q.tag = "vip"; }},
      {"user", [](auto& q) { q.user_email = "user1@example.com"; }},
      {"since", [](auto& q) { q.since = truth->calls[5].at; }},
      {"until", [](auto& q) { q.until = truth->messages[5].at; }},
      {"calls", [](auto& q) { q.messages = false; }},
      {"messages", [](auto& q) { q.calls = false; }},
  };
  for (const auto& clock : kClocks) {
    for (const auto& per : pers) {
      for (const auto& by : groups) {
        for (const auto& [name, ask] : filters) {
          StatsQuery query{.per = per, .by = by, .time_zone = clock.zone};
          ask(query);
          compare(*truth, query,
                  name + " per " + std::to_string(per ? static_cast<int>(*per) : -1) + " by " +
                      std::to_string(by ? static_cast<int>(*by) : -1) + " in " + clock.zone);
        }
      }
    }
  }
}

TEST_F(Statistics, TotalsAreThoseOfSql) {
  const auto total = truth->archive.reader().find_stats({}).total;
  EXPECT_EQ(std::to_string(total.calls), truth->archive.ask("SELECT count(*) FROM calls"));
  EXPECT_EQ(std::to_string(total.messages), truth->archive.ask("SELECT count(*) FROM messages"));
  EXPECT_EQ(std::to_string(total.seconds), truth->archive.ask("SELECT sum(duration_seconds) FROM calls"));
  EXPECT_EQ(std::to_string(std::llround(total.minutes * 100)),
            truth->archive.ask("SELECT CAST(round(sum(length_in_minutes) * 100) AS INTEGER) FROM calls"));
}

TEST_F(Statistics, FilteredTotalsAreThoseOfSql) {
  auto& archive = truth->archive;
  // Two days of Paris: the second has 25 hours.
  const auto days =
      archive.reader().find_stats({{.direction = "INBOUND", .since = 1'698'444'000'000, .until = 1'698'620'400'000}});
  const string of_days =
      " WHERE direction = 'INBOUND' AND minute >= '2023-10-27 22:00'"
      " AND minute < '2023-10-29 23:00'";
  const string minute = " FROM (SELECT *, strftime('%Y-%m-%d %H:%M', ";
  const string calls = minute + "started_at / 1000, 'unixepoch') AS minute FROM calls)";
  const string messages = minute + "sent_at / 1000, 'unixepoch') AS minute FROM messages)";
  EXPECT_EQ(std::to_string(days.total.calls), archive.ask("SELECT count(*)" + calls + of_days));
  EXPECT_EQ(std::to_string(days.total.messages), archive.ask("SELECT count(*)" + messages + of_days));
  EXPECT_EQ(std::to_string(days.total.seconds), archive.ask("SELECT sum(duration_seconds)" + calls + of_days));
  EXPECT_GT(days.total.calls, 0);
  EXPECT_GT(days.total.messages, 0);

  const auto tagged =
      archive.reader().find_stats({{.result = "VOICEMAIL", .tag = "vip", .user_email = "User2@EXAMPLE.com"}});
  const string of_tagged =
      " FROM calls JOIN users ON users.id = user_id"
      " WHERE result = 'VOICEMAIL' AND email = 'user2@example.com'"
      " AND item IN (SELECT item FROM call_tags JOIN tags ON tags.id = tag_id WHERE name = 'vip')";
  EXPECT_EQ(std::to_string(tagged.total.calls), archive.ask("SELECT count(*)" + of_tagged));
  EXPECT_EQ(std::to_string(tagged.total.seconds), archive.ask("SELECT sum(duration_seconds)" + of_tagged));
  EXPECT_GT(tagged.total.calls, 0);
  EXPECT_EQ(tagged.total.messages, 0);
}

// A call every half hour through the nights in which the clocks go back.
TEST(StatisticsOfTheClock, ADayIsAsLongAsItIs) {
  constexpr Millis kBegin = 1'698'105'600'000, kEnd = kBegin + 21 * kDay;  // 2023-10-24T00:00Z
  TemporaryArchive archive;
  vector<Event> calls;
  for (Millis at = kBegin; at < kEnd; at += kHour / 2) {
    CallCompleted call;
    call.id = "cll-" + std::to_string(at);
    call.started_at = at;
    calls.push_back(call);
  }
  archive.tell_all(calls);
  const struct {
    StatsBucket per;
    const char* zone;
    const char* label;
    std::int64_t calls;
  } rows[] = {
      {StatsBucket::day, "Europe/Paris", "2023-10-28", 48},
      {StatsBucket::day, "Europe/Paris", "2023-10-29", 50},
      {StatsBucket::day, "America/New_York", "2023-10-29", 48},
      {StatsBucket::day, "America/New_York", "2023-11-05", 50},
      {StatsBucket::week, "Europe/Paris", "2023-W44", 7 * 48},
      {StatsBucket::week, "America/New_York", "2023-W44", 7 * 48 + 2},
      {StatsBucket::month, "Europe/Paris", "2023-10", 8 * 48 - 4 + 2},        // from the 24th, 02:00
      {StatsBucket::month, "America/New_York", "2023-11", 13 * 48 - 10 + 2},  // to the 13th, 19:00
      {StatsBucket::hour, "Europe/Paris", "2023-10-29T02:00+02:00", 2},
      {StatsBucket::hour, "Europe/Paris", "2023-10-29T02:00+01:00", 2},
      {StatsBucket::hour, "America/New_York", "2023-11-05T01:00-04:00", 2},
      {StatsBucket::hour, "America/New_York", "2023-11-05T01:00-05:00", 2},
  };
  for (const auto& row : rows) {
    const auto stats = archive.reader().find_stats({.per = row.per, .time_zone = row.zone});
    const auto has_label = [&](const StatsRow& one) { return one.label == row.label; };
    const auto found = std::find_if(stats.rows.begin(), stats.rows.end(), has_label);
    ASSERT_NE(found, stats.rows.end()) << row.zone << " " << row.label;
    EXPECT_EQ(found->calls, row.calls) << row.zone << " " << row.label;
    EXPECT_EQ(stats.total.calls, 21 * 48) << row.zone;
  }
}

TEST_F(Statistics, ALimitCutsRowsButNotTheTotal) {
  StatsQuery query{.per = StatsBucket::day, .by = StatsGroup::number};
  const auto all = truth->archive.reader().find_stats(query);
  query.limit = 5;
  const auto few = truth->archive.reader().find_stats(query);
  EXPECT_TRUE(few.has_more);
  EXPECT_EQ(few.rows, vector<StatsRow>(all.rows.begin(), all.rows.begin() + 5));
  EXPECT_EQ(few.total, all.total);
  query.limit = static_cast<std::int64_t>(all.rows.size());
  EXPECT_FALSE(truth->archive.reader().find_stats(query).has_more);
}

TEST_F(Statistics, RefuseAnUnknownZone) {
  EXPECT_THROW(truth->archive.reader().find_stats({.time_zone = "Europe/Atlantis"}), UnknownTimeZone);
}

}  // namespace
}  // namespace callarchive
