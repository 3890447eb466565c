// What queries cost below HTTP: through the archive's reader, and as bare statement steps.
//   bench_queries FILE CALLS    one line of JSON for each query; CALLS is how many calls the file holds
// The bare time steps through the very statements that the reader ran for the query, prepared beforehand, without
// reading a column. Search is stepped bare in both orders, with what the reader makes of the words in the time.

#include "bench/workload.h"
#include "storage/read/connection.h"
#include "storage/read/search_match.h"
#include "storage/reader.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace callarchive;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 100;
constexpr auto kLongest = std::chrono::seconds(4);  // for the rounds of one query, if they are slow

struct Times {
  double p50 = 0, p99 = 0;  // µs
};

Times times_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  if (values.empty()) return {};
  const auto at = [&](double part) {
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
  };
  return {at(0.5), at(0.99)};
}

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

// Runs the query round by round, each twice: the first time warms up what the round asks for.
Times time_of(const std::function<void(int)>& run) {
  std::vector<double> times;
  const auto begin = Clock::now();
  for (int round = 1; round <= kRounds && (round < 4 || Clock::now() - begin < kLongest); ++round) {
    run(round);
    const auto now = Clock::now();
    run(round);
    times.push_back(microseconds_since(now));
  }
  return times_of(std::move(times));
}

void print(const std::string& name, Times bare, Times reader) {
  std::printf("{\"query\":\"%s\",\"bare_us\":%.1f,\"bare_p99_us\":%.1f,\"reader_us\":%.1f,\"reader_p99_us\":%.1f}\n",
              name.c_str(), bare.p50, bare.p99, reader.p50, reader.p99);
  std::fflush(stdout);
}

class Bench {
 public:
  explicit Bench(const std::string& path)
      : connection_(std::make_unique<storage::ReadConnection>(path, "")),
        handle_(connection_->sqlite.database().getHandle()),
        reader_(std::move(connection_), [this](auto back) { connection_ = std::move(back); }),
        bare_(path, "") {}

  // A query of the reader; `ask` gets the round.
  void ask(const std::string& name, const std::function<void(Reader&, int)>& run) {
    const Times whole = time_of([&](int round) { run(reader_, round); });
    std::vector<double> times;
    const auto begin = Clock::now();
    for (int round = 0; round <= kRounds && (round < 4 || Clock::now() - begin < kLongest); ++round) {
      const double time = step_all(statements_of([&] { run(reader_, round); }));
      if (round > 0) times.push_back(time);
    }
    print(name, times_of(std::move(times)), whole);
  }

  // A statement of our own, with the words that a round searches for.
  void search(const std::string& name, const std::string& sql, const std::function<std::string(int)>& words) {
    auto* statement = prepare(sql);
    const Times time = time_of([&](int round) {
      const auto text = storage::match_items(bare_.sqlite, words(round)).wanted;
      sqlite3_bind_text(statement, 1, text.c_str(), -1, SQLITE_TRANSIENT);
      while (sqlite3_step(statement) == SQLITE_ROW) {}
      sqlite3_reset(statement);
    });
    sqlite3_finalize(statement);
    print(name, time, {});
  }

 private:
  // The statements that run meanwhile, with their values written out.
  std::vector<std::string> statements_of(const std::function<void()>& work) {
    std::vector<std::string> statements;
    sqlite3_trace_v2(
        handle_, SQLITE_TRACE_STMT,
        [](unsigned, void* list, void* statement, void* text) {
          if (static_cast<const char*>(text)[0] == '-') return 0;  // of a trigger or FTS5's own
          char* sql = sqlite3_expanded_sql(static_cast<sqlite3_stmt*>(statement));
          static_cast<std::vector<std::string>*>(list)->emplace_back(sql);
          sqlite3_free(sql);
          return 0;
        },
        &statements);
    work();
    sqlite3_trace_v2(handle_, 0, nullptr, nullptr);
    return statements;
  }

  sqlite3_stmt* prepare(const std::string& sql) {
    auto* handle = bare_.sqlite.database().getHandle();
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      std::fprintf(stderr, "%s\n%s\n", sqlite3_errmsg(handle), sql.c_str());
      std::abort();
    }
    return statement;
  }

  double step_all(const std::vector<std::string>& sqls) {
    std::vector<sqlite3_stmt*> statements;
    for (const auto& sql : sqls) statements.push_back(prepare(sql));
    const auto begin = Clock::now();
    for (auto* statement : statements) {
      while (sqlite3_step(statement) == SQLITE_ROW) {}
    }
    const double time = microseconds_since(begin);
    for (auto* statement : statements) sqlite3_finalize(statement);
    return time;
  }

  std::unique_ptr<storage::ReadConnection> connection_;
  sqlite3* handle_;
  Reader reader_;
  storage::ReadConnection bare_;
};

std::string spread(int round) { return bench::other_party(100 + round * 613); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_queries FILE CALLS\n");
    return 2;
  }
  Bench bench(argv[1]);
  // The generator spaces events by 25 s, three of ten are calls.
  const Millis middle = 1'577'836'800'000 + std::atoll(argv[2]) * 10 / 3 * 25'000 / 2;
  constexpr Millis kDay = 24 * 3600 * 1000;
  const auto calls_of = [](const std::string& number) {
    CallFilter filter;
    filter.numbers = {number};
    return filter;
  };
  bench.ask("calls by number", [&](Reader& reader, int round) { reader.find_calls(calls_of(spread(round)), {}); });
  bench.ask("own line, first page",
            [&](Reader& reader, int round) { reader.find_calls(calls_of(bench::own_line(round % 4)), {}); });
  bench.ask("own line, middle page", [&](Reader& reader, int round) {
    auto filter = calls_of(bench::own_line(round % 4));
    filter.until = middle;
    reader.find_calls(filter, {});
  });
  bench.ask("timeline of a number", [&](Reader& reader, int round) { reader.find_timeline({spread(round)}, {}, {}); });
  bench.ask("timeline of an own line",
            [&](Reader& reader, int round) { reader.find_timeline({bench::own_line(round % 4)}, {}, {}); });
  bench.ask("newest calls", [](Reader& reader, int) { reader.find_calls({}, {}); });

  // A day in the middle, another one each round.
  const auto ask_day = [&](const std::string& name, const std::function<void(CallFilter&, int)>& narrow) {
    bench.ask("calls of a day" + name, [&](Reader& reader, int round) {
      CallFilter filter;
      filter.since = middle + (round - kRounds / 2) * kDay;
      filter.until = *filter.since + kDay;
      narrow(filter, round);
      reader.find_calls(filter, {});
    });
  };
  ask_day("", [](CallFilter&, int) {});
  ask_day(", direction", [](CallFilter& filter, int) { filter.direction = "INBOUND"; });
  ask_day(", common result", [](CallFilter& filter, int) { filter.result = "ANSWERED"; });
  ask_day(", rare result", [](CallFilter& filter, int) { filter.result = "FAILED"; });
  ask_day(", common tag", [](CallFilter& filter, int) { filter.tag = "interested"; });
  ask_day(", rare tag", [](CallFilter& filter, int) { filter.tag = "press"; });
  ask_day(", user", [](CallFilter& filter, int) { filter.user_email = "agent3@example.com"; });
  ask_day(", own line", [](CallFilter& filter, int round) { filter.numbers = {bench::own_line(round % 4)}; });
  ask_day(", other number", [](CallFilter& filter, int round) { filter.numbers = {spread(round)}; });
  ask_day(", duration", [](CallFilter& filter, int) { filter.min_duration = 60, filter.max_duration = 300; });
  ask_day(", has a link to a recording", [](CallFilter& filter, int) { filter.has_recording_link = true; });
  ask_day(", has a transcript", [](CallFilter& filter, int) { filter.has_transcript = true; });
  ask_day(", has a summary", [](CallFilter& filter, int) { filter.has_summary = true; });
  ask_day(", contact",
          [](CallFilter& filter, int round) { filter.contact_id = "cnt-" + std::to_string(100 + round * 613); });
  ask_day(", a common word", [](CallFilter& filter, int round) { filter.q = bench::word(round % 20); });
  ask_day(", a rare word", [](CallFilter& filter, int round) { filter.q = bench::word(20000 + round * 151); });
  bench.ask("messages of a day", [&](Reader& reader, int round) {
    MessageFilter filter;
    filter.since = middle + round * kDay;
    filter.until = *filter.since + kDay;
    reader.find_messages(filter, {});
  });
  bench.ask("statistics by month", [](Reader& reader, int) {
    StatsQuery stats_query;
    stats_query.per = StatsBucket::month;
    reader.find_stats(stats_query);
  });

  const std::string newest = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 20";
  // The reader's way by relevance: the best of the newest 2,000 hits.
  const std::string best =
      "SELECT item FROM (SELECT rowid AS item, " + storage::relevance("search", storage::kItemWeights) +
      " AS score FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 2000) ORDER BY score LIMIT 20";
  const struct {
    const char* name;
    std::function<std::string(int)> query;
  } kSearches[] = {
      {"common word", [](int round) { return bench::word(round % 20); }},
      {"rare word", [](int round) { return bench::word(20000 + round * 151); }},
      {"two words", [](int round) { return bench::word(round % 20) + " " + bench::word(100 + round); }},
      {"phrase", [](int round) { return "\"" + bench::word(round % 20) + " " + bench::word(1 + round % 7) + "\""; }},
      {"prefix of three letters", [](int round) { return bench::word(301 + round * 16).substr(0, 3) + "*"; }},
  };
  for (const auto& [name, query] : kSearches) {
    bench.search("index alone, newest first, " + std::string(name), newest, query);
    bench.search("index alone, by relevance, " + std::string(name), best, query);
    for (const auto sort : {SearchSort::newest, SearchSort::relevance}) {
      const char* order = sort == SearchSort::newest ? "search newest first, " : "search by relevance, ";
      bench.ask(order + std::string(name), [&](Reader& reader, int round) {
        SearchFilter filter;
        filter.q = query(round);
        filter.sort = sort;
        reader.find_search_hits(filter, {});
      });
    }
  }
  return 0;
}
