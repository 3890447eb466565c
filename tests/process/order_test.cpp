#include "storage/search/check_index.h"
#include "storage/sqlite/connection.h"
#include "tests/process/feeder.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>

// The tables are a function of what was sent, not of when and how often it arrived: docs/ordering.md.

namespace callarchive::process {
namespace {

using test::Sent;
using test::TemporaryFolder;

constexpr unsigned kLogSeed = 20250315;
constexpr std::size_t kConnections = 48;
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kToken = "a-token-for-senders-that-sign-nothing";

unsigned runs() {
  const char* wanted = std::getenv("RUNS");
  return wanted == nullptr ? 8 : static_cast<unsigned>(std::stoul(wanted));
}

// One connection, once each, in order.
Plan clean_pass(const std::vector<Sent>& log) {
  Plan plan(1);
  for (const Sent& sent : log) plan[0].push_back(&sent);
  return plan;
}

std::size_t size_of(const Plan& plan) {
  std::size_t size = 0;
  for (const auto& line : plan) size += line.size();
  return size;
}

// Where two dumps part, for people.
std::string first_difference(const std::string& a, const std::string& b) {
  const auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const auto line = [&](const std::string& text) {
    const auto begin = text.rfind('\n', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
  };
  return "expected " + line(a) + "\nbut got  " + line(b);
}

struct Result {
  std::map<std::string, int> outcomes;
  std::string tables;
  std::string ledger;  // the distinct deliveries that were kept
};

Result pass(const Plan& plan, const Keys& keys, bool rebuild) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  std::vector<std::string> options = {"--log-level", "warn"};
  if (!keys.secret.empty()) {
    options.insert(options.end(), {"--webhook-secret", keys.secret, "--webhook-token", keys.token});
  }
  Result result;
  {
    Service service(archive, options);
    result.outcomes = feed(service.port(), plan, keys);
    service.stop();
  }
  result.tables = dump(archive);
  SQLite::Database database(archive, SQLite::OPEN_READWRITE);
  result.ledger = database
                      .execAndGet(
                          "SELECT group_concat(line, char(10)) FROM (SELECT hex(sha256) || coalesce(webhook_id, '')"
                          " || outcome AS line FROM deliveries ORDER BY line)")
                      .getString();
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt(), 0);
  {
    storage::Connection connection(archive, storage::Connection::Mode::writer);
    for (const auto* table : {&storage::kItemTable, &storage::kContactTable})
      EXPECT_EQ(storage::check_index(connection, *table), std::nullopt);
  }
  if (rebuild) {
    const Ended checked = run({"rebuild", "--check", "--db", archive});
    EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
  }
  return result;
}

TEST(AnyOrder, GivesTheTablesOfTheCleanPass) {
  const auto log = test::make_delivery_log(kLogSeed);
  ASSERT_GE(log.size(), 10'000u);
  const Result clean = pass(clean_pass(log), {}, true);
  const std::set<std::string> expected = {"200 stored",      "200 duplicate", "200 noted",
                                          "200 quarantined", "400 not_json",  "422 no_envelope"};
  std::size_t sent = 0;
  unsigned equal = 0;
  for (unsigned seed = 1; seed <= runs(); ++seed) {
    const Plan plan = shuffle(log, kConnections, seed);
    const Keys keys = seed % 2 == 0 ? Keys{kSecret, kToken} : Keys{};
    const Result shuffled = pass(plan, keys, seed == 1);
    for (const auto& [outcome, count] : shuffled.outcomes)
      EXPECT_TRUE(expected.contains(outcome)) << count << " × " << outcome;
    EXPECT_TRUE(shuffled.tables == clean.tables)
        << "seed " << seed << ": " << first_difference(clean.tables, shuffled.tables);
    EXPECT_TRUE(shuffled.ledger == clean.ledger)
        << "seed " << seed << ": " << first_difference(clean.ledger, shuffled.ledger);
    equal += shuffled.tables == clean.tables ? 1 : 0;
    sent += size_of(plan);
  }
  EXPECT_EQ(equal, runs());
  std::cout << "any order: " << equal << " of " << runs() << " shuffles of " << log.size() << " deliveries (" << sent
            << " sent, over " << kConnections << " connections) gave the "
            << std::count(clean.tables.begin(), clean.tables.end(), '\n') << " rows of the clean pass, byte for byte\n";
}

}  // namespace
}  // namespace callarchive::process
