#include "server/ingest/decoding_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace callarchive::ingest {
namespace {

constexpr std::size_t kLarge = 10u << 20;

TEST(DecodingBudget, LetsOneOfTheLargestInAtATime) {
  DecodingBudget budget;
  std::optional<DecodingBudget::Share> first = budget.take(kLarge);
  std::atomic<bool> entered{false};
  std::thread second([&] {
    const auto share = budget.take(kLarge);
    entered = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(entered);
  EXPECT_TRUE(budget.take(1000)) << "small ones never wait";
  first.reset();
  second.join();
  EXPECT_TRUE(entered);
}

TEST(DecodingBudget, RefusesWhenTooManyWait) {
  DecodingBudget budget(std::size_t{1} << 20, 0);
  const auto first = budget.take(kLarge);
  EXPECT_TRUE(first) << "one that is longer than the budget comes in alone";
  EXPECT_FALSE(budget.take(kLarge));
  EXPECT_FALSE(budget.take(100'000));
  EXPECT_TRUE(budget.take(1000));
}

}  // namespace
}  // namespace callarchive::ingest
