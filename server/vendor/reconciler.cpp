#include "server/vendor/reconciler.h"

#include "server/vendor/days.h"
#include "server/vendor/wish.h"

#include <algorithm>
#include <random>

namespace callarchive::vendor {
namespace {

constexpr auto kAttention = std::chrono::seconds(1);
constexpr Millis kHour = 3'600'000;
constexpr Millis kNight = 2 * kHour;      // after midnight of UTC, and up to two hours more
constexpr Millis kAfterGap = 2 * 60'000;  // the vendor sends late deliveries first
constexpr Millis kAfterFailure = kHour;

// So that not all archives ask at the same moment.
Millis chance(Millis most) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_int_distribution<Millis>(0, most)(random);
}

}  // namespace

Reconciler::Reconciler(Archive& archive, ReconcilerOptions options)
    : archive_(archive), options_(std::move(options)), client_([&] {
        auto of_client = options_.client;
        of_client.may_go_on = [this] { return may_go_on(); };
        return of_client;
      }()) {}

Reconciler::~Reconciler() { stop(); }

void Reconciler::start() {
  schedule_night();
  thread_ = std::thread([this] { run(); });
}

void Reconciler::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Reconciler::may_go_on() const {
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

void Reconciler::note_delivery() {
  const Millis now = options_.now();
  const std::lock_guard lock(mutex_);
  if (last_delivery_ && now - *last_delivery_ > options_.gap) met_gap_ = true;
  last_delivery_ = now;
}

void Reconciler::schedule(Millis at) { due_ = due_ == 0 ? at : std::min(due_, at); }

void Reconciler::schedule_night() {
  if (options_.days > 0) schedule(begin_of(day_of(options_.now() - kNight) + 1) + kNight + chance(2 * kHour));
}

void Reconciler::offer_history() {
  if (archive_.reader(std::chrono::seconds(10)).find_backfill_state().complete_until) return;
  options_.tell(
      "the vendor may have calls, texts and contacts from before this archive, and deliveries may have been lost: "
      "`callarchive backfill` brings them");
}

// Nobody listened while the service did not run.
void Reconciler::look_for_a_gap_at_the_start() {
  auto reader = archive_.reader(std::chrono::seconds(10));
  const auto newest = reader.find_newest_delivery();
  const auto delivery = newest ? reader.find_delivery(*newest) : std::nullopt;
  if (!delivery || options_.days == 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (!last_delivery_) last_delivery_ = delivery->last_received_at;
  }
  const Millis now = options_.now();
  if (now - delivery->last_received_at > options_.gap)
    schedule(now + std::min(kAfterGap, options_.gap) + chance(kAfterGap / 4));
}

void Reconciler::run() {
  try {
    offer_history();
    look_for_a_gap_at_the_start();
  } catch (const QueryTimeout&) {
    // The night comes anyway.
  }
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kAttention, [this] { return stopping_; });
      if (stopping_) return;
      if (std::exchange(met_gap_, false) && options_.days > 0) {
        schedule(options_.now() + std::min(kAfterGap, options_.gap));
      }
    }
    try {
      BackfillOptions work_options{.now = options_.now};
      if (const auto wish = take_wish(options_.archive_path)) {
        work_options.since_day = wish->since_day;
        work_options.reads_all = wish->reads_all;
        work_options.v1 = wish->v1;
        work(work_options);
      } else if (due_ != 0 && options_.now() >= due_) {
        due_ = 0;
        schedule_night();
        work_options.kind = "reconcile";
        work_options.since_day = day_of(options_.now()) - options_.days;
        work_options.reads_all = true;
        work(work_options);
      }
    } catch (const Stopped&) {
      return;
    } catch (const std::exception& error) {
      schedule(options_.now() + kAfterFailure);
      options_.warn(std::string("the vendor's side could not be compared: ") + error.what());
    }
  }
}

void Reconciler::work(const BackfillOptions& options) {
  const auto result = backfill(archive_, client_, options);
  for (const auto& note : result.notes) options_.tell("comparing with the vendor: " + note);
  options_.tell("compared with the vendor: " + std::to_string(result.run.missing) + " were missing, " +
                std::to_string(result.run.stored - result.run.missing) + " said something new, " +
                std::to_string(result.run.requests) + " requests" +
                (result.is_complete ? "" : "; not everything could be compared"));
}

}  // namespace callarchive::vendor
