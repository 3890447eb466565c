#include "server/vendor/reconciler.h"
#include "server/vendor/days.h"
#include "tests/vendor/beside_vendor.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

// The comparisons that the service makes by itself, under a clock of the test.

namespace callarchive::vendor::testing {
namespace {

using ::testing::HasSubstr;

constexpr Millis kHour = 3'600'000;

class ReconcilerTest : public BesideVendor {
 protected:
  ReconcilerOptions options() {
    return {.client = vendor.client_options(),
            .archive_path = folder.file("archive.db"),
            .now = [this] { return clock.load(); },
            .tell = [this](const string& sentence) { note(sentence); },
            .warn = [this](const string& sentence) { note(sentence); }};
  }
  void note(const string& sentence) {
    const std::lock_guard lock(mutex_);
    told_ += sentence + '\n';
    is_told_.notify_all();
  }
  // Waits until it was said, and forgets what was said until then.
  void wait_for(const string& text) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(is_told_.wait_for(lock, std::chrono::minutes(2), [&] { return told_.find(text) != string::npos; }))
        << told_;
    told_.clear();
  }

  std::atomic<Millis> clock = kNow;

 private:
  std::mutex mutex_;
  std::condition_variable is_told_;
  string told_;
};

TEST_F(ReconcilerTest, OffersTheHistoryAndComparesTheLastDaysEachNight) {
  for (auto& item : vendor.items) item.at = kNow - kDay - item.at % 1000;
  Reconciler reconciler(*archive, options());
  reconciler.start();
  wait_for("`callarchive backfill` brings them");
  EXPECT_EQ(vendor.requests(), 0) << "it is noon";
  for (const Millis night : {16 * kHour, 24 * kHour}) {
    const int before = vendor.requests();
    clock += night;  // 4 o'clock
    wait_for("compared with the vendor: ");
    EXPECT_GT(vendor.requests(), before);
    const auto run = archive->reader().find_backfill_state().last_run;
    EXPECT_EQ(run->kind, "reconcile");
    EXPECT_EQ(run->since_day, day_of(clock) - 7);
    EXPECT_TRUE(run->ended_at);
  }
}

// Whoever starts it again and again sends nothing.
TEST_F(ReconcilerTest, AStartSendsNothingByItself) {
  receive(webhook_of(vendor.items.front()));
  clock += 20 * kHour;  // nothing came for so long
  for (int start = 0; start < 4; ++start) {
    Reconciler reconciler(*archive, options());
    reconciler.start();
    wait_for("`callarchive backfill` brings them");
    reconciler.stop();
  }
  EXPECT_EQ(vendor.requests(), 0);
}

TEST_F(ReconcilerTest, AFailureIsTriedAgainAnHourLater) {
  vendor.odd.refuses_key = true;
  Reconciler reconciler(*archive, options());
  reconciler.start();
  clock += 16 * kHour;
  wait_for("could not be compared: ");
  EXPECT_EQ(vendor.requests(), 1) << "a refusal is not repeated";
  vendor.odd.refuses_key = false;
  clock += kHour;
  wait_for("compared with the vendor: ");
  EXPECT_FALSE(archive->reader().find_backfill_state().last_run->error);
}

}  // namespace
}  // namespace callarchive::vendor::testing
