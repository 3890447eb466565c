#include "storage/search/grammar.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/memory.h"
#include "tests/storage/naive_archive.h"

#include <gmock/gmock.h>

#include <thread>

namespace callarchive {
namespace {

using test::NaiveArchive;
using test::TemporaryArchive;

// Everything that may be asked, once.
vector<std::function<void(Reader&)>> all_queries() {
  const auto q = [](const char* text) { return string(text); };
  return {
      [=](Reader& r) { r.find_calls({}, {}); },
      [=](Reader& r) { r.find_calls({.q = q("alpha be* -zeta 415")}, {}); },
      [=](Reader& r) { r.count_calls({.has_summary = true}, true); },
      [=](Reader& r) { r.find_messages({.type = "MMS"}, {}); },
      [=](Reader& r) { r.find_contacts({.name = "alpha"}, {}); },
      [=](Reader& r) { r.find_numbers({.country = "FR"}, {}); },
      [=](Reader& r) { r.find_timeline({"+14155550101"}, {}, {}); },
      [=](Reader& r) { r.find_search_hits({.q = q("alpha")}, {}); },
      [=](Reader& r) { r.find_search_hits({.q = q("alpha"), .sort = SearchSort::relevance}, {}); },
      [=](Reader& r) { r.count_search_hits({.q = q("-alpha")}, true); },
      [=](Reader& r) { r.find_stats({.per = StatsBucket::hour, .by = StatsGroup::number}); },
  };
}

TEST(QueryLimits, ASlowQueryEndsAndLeavesTheConnectionClean) {
  ArchiveOptions options;
  options.readers = 1;
  NaiveArchive truth(4, 200, options);
  const auto queries = all_queries();
  for (std::size_t i = 0; i < queries.size(); ++i) {
    {
      // The time is over before the first step.
      auto reader = truth.archive.archive().reader(std::chrono::milliseconds(0));
      try {
        queries[i](reader);
        // A query that ends within the few steps between two looks at the clock has been answered in time.
      } catch (const QueryTimeout& error) {
        EXPECT_EQ(string(error.what()).find("the query exceeded its time limit"), 0u) << i;
      }
    }
    // The only connection there is: it is lent again, has no transaction open, and answers.
    auto reader = truth.archive.reader();
    EXPECT_NO_THROW(queries[i](reader)) << i;
    EXPECT_EQ(reader.count_calls({}, true).total, 200) << i;
  }
  auto reader = truth.archive.archive().reader(std::chrono::milliseconds(0));
  EXPECT_THROW(reader.find_stats({.by = StatsGroup::number}), QueryTimeout);
  EXPECT_THROW(reader.count_search_hits({.q = "-alpha"}, true), QueryTimeout);
}

// SQLite looks at the clock after so many steps of a statement, counted over all its uses: sooner or later it does just
// when a transaction has begun.
TEST(QueryLimits, ATransactionWhoseBeginRunsOutOfTimeIsNotLeftOpen) {
  const auto now = std::chrono::steady_clock::now();
  int ended = 0;
  for (int before = 1990; before <= 2010; ++before) {
    storage::Connection connection(":memory:", storage::Connection::Mode::writer);
    connection.set_deadline(now + std::chrono::hours(1));
    for (int i = 0; i < before; ++i) const storage::Snapshot in_time(connection);
    connection.set_deadline(now - std::chrono::seconds(1));
    try {
      const storage::Snapshot late(connection);
    } catch (const SQLite::Exception& error) {
      EXPECT_EQ(error.getErrorCode(), SQLITE_INTERRUPT) << error.what();
      ++ended;
    }
    connection.set_deadline(now + std::chrono::hours(1));
    EXPECT_NO_THROW(const storage::Snapshot next(connection)) << "after " << before;
  }
  EXPECT_GT(ended, 0);
}

TEST(QueryLimits, AReaderThatNobodyGivesBackIsATimeout) {
  ArchiveOptions options;
  options.readers = 1;
  TemporaryArchive archive(options);
  auto held = archive.reader();
  EXPECT_THROW(archive.archive().reader(std::chrono::milliseconds(1)), QueryTimeout);
}

TEST(QueryLimits, MemoryOfAQueryIsBoundedAndGivenBack) {
  storage::Connection connection(":memory:", storage::Connection::Mode::writer);
  const auto code_of = [&](std::size_t bytes) {
    try {
      auto query = connection.query("SELECT length(hex(zeroblob(?)))");  // hex() makes a text twice as long
      query.bind(static_cast<std::int64_t>(bytes / 2));
      query.run();
      return SQLITE_OK;
    } catch (const SQLite::Exception& error) {
      return error.getErrorCode();
    }
  };
  constexpr auto kTooMuch = storage::kMemoryOfQuery + 2;
  EXPECT_EQ(code_of(kTooMuch), SQLITE_OK) << "what writes has no limit";
  for (int i = 0; i < 20; ++i) {
    const storage::QueryMemory memory;
    EXPECT_EQ(code_of(kTooMuch), SQLITE_NOMEM) << i;
    EXPECT_EQ(code_of(storage::kMemoryOfQuery / 4), SQLITE_OK) << i;
  }
}

// Bytes of all kinds, and the pieces that mean something to the grammar or to FTS5.
string random_text(std::mt19937& random) {
  static const vector<string> kPieces = {"\"",
                                         "*",
                                         "-",
                                         "(",
                                         ")",
                                         ":",
                                         "^",
                                         "+",
                                         "{",
                                         "}",
                                         ",",
                                         "NEAR(",
                                         "AND",
                                         "OR",
                                         "NOT",
                                         "words :",
                                         "alpha",
                                         "é",
                                         "東京",
                                         "สวัสดี",
                                         "😀",
                                         "415",
                                         "06 ",
                                         "'",
                                         "’",
                                         " ",
                                         "\n",
                                         "search",
                                         "MATCH",
                                         "--",
                                         ";",
                                         "rank",
                                         "«",
                                         "\xc3",
                                         "\xed\xa0\x80",
                                         "\xf4\x90\x80\x80",
                                         "\xef\xbf\xbe"};
  string text;
  for (auto left = random() % 12; left > 0; --left) {
    if (random() % 3 == 0) text += static_cast<char>(random() % 256);
    else text += kPieces[random() % kPieces.size()];
  }
  return text;
}

TEST(QueryLimits, NoTextBreaksTheSearch) {
  NaiveArchive truth(5, 40);
  std::mt19937 random(6);
  auto reader = truth.archive.reader();
  int found = 0, empty = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto text = random_text(random);
    try {
      if (i % 4 == 0) found += reader.find_search_hits({.q = text}, {.limit = 3}).rows.empty() ? 0 : 1;
      else if (i % 4 == 1) found += reader.find_calls({.q = text}, {.limit = 3}).rows.empty() ? 0 : 1;
      else if (i % 4 == 2) found += reader.find_contacts({.q = text}, {.limit = 3}).rows.empty() ? 0 : 1;
      else
        found += reader.find_search_hits({.q = text, .sort = SearchSort::relevance}, {.limit = 3}).rows.empty() ? 0 : 1;
    } catch (const EmptySearch&) {
      ++empty;
    } catch (const std::exception& error) {
      FAIL() << error.what() << " for " << testing::PrintToString(text);
    }
  }
  EXPECT_GT(found, 1000);
  EXPECT_GT(empty, 1000);
}

}  // namespace
}  // namespace callarchive
