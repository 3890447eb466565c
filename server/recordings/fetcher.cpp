#include "server/recordings/fetcher.h"

#include "server/recordings/request.h"
#include "server/recordings/schedule.h"
#include "server/recordings/sound.h"

#include <algorithm>
#include <random>

namespace callarchive::recordings {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLongestRest = 30s;  // then the archive is asked again, whatever was said
constexpr std::chrono::milliseconds kShortestRest = 100ms;
constexpr std::chrono::milliseconds kWhileOthersWork = 250ms;
constexpr std::chrono::milliseconds kBetweenLooks = 500ms;  // for a request of the command line
constexpr auto kAttention = 20ms;
constexpr auto kAfterTrouble = 5s;  // when the archive itself cannot be read or written
constexpr auto kReaderWait = 10s;   // for a free reader

double chance() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

}  // namespace

Fetcher::Fetcher(Archive& archive, MediaStore& store, FetcherOptions options)
    : archive_(archive), store_(store), options_(std::move(options)) {
  store_.sweep();
}

Fetcher::~Fetcher() { stop(); }

void Fetcher::start() {
  put_back_request(store_);
  for (int i = 0; i < options_.at_once; ++i) threads_.emplace_back([this] { run(When::always); });
  threads_.emplace_back([this] { look_for_requests(); });
}

void Fetcher::work_off(const std::function<void()>& attend) {
  std::atomic<int> working = options_.at_once;
  for (int i = 0; i < options_.at_once; ++i) {
    threads_.emplace_back([this, &working] {
      run(When::while_due);
      --working;
    });
  }
  try {
    while (working > 0) {
      std::this_thread::sleep_for(kAttention);
      if (attend) attend();
    }
  } catch (...) {
    stop();
    throw;
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Fetcher::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  wake_.notify_all();
}

void Fetcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

FetcherMetrics Fetcher::metrics() const {
  const std::lock_guard lock(mutex_);
  return metrics_;
}

bool Fetcher::may_go_on() const {
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

// A recording that no other thread takes while the object lives.
class Fetcher::Claim {
 public:
  Claim(Fetcher& fetcher, const RecordingKey& key) : fetcher_(fetcher), key_(key) { count(1); }
  ~Claim() {
    count(-1);
    const std::lock_guard lock(fetcher_.claims_mutex_);
    fetcher_.under_way_.erase(key_);
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  void count(int change) {
    const std::lock_guard lock(fetcher_.mutex_);
    fetcher_.metrics_.under_way += change;
  }

  Fetcher& fetcher_;
  const RecordingKey& key_;
};

void Fetcher::run(When when) {
  while (may_go_on()) {
    std::uint64_t wakes_seen = 0;
    {
      const std::lock_guard lock(mutex_);
      wakes_seen = wakes_;
    }
    try {
      bool is_idle = false;
      if (const auto wanted = take(is_idle)) {
        const Claim claim(*this, wanted->key);
        fetch(*wanted);
        continue;
      }
      if (when == When::while_due && is_idle) return;
      rest(time_until_next(is_idle), wakes_seen);
    } catch (const Stopped&) {
      return;
    } catch (const std::exception&) {
      rest(kAfterTrouble, wakes_seen);  // the archive's own metrics and log tell of it
    }
  }
}

std::chrono::milliseconds Fetcher::time_until_next(bool is_idle) {
  if (!is_idle) return kWhileOthersWork;
  const auto next = archive_.reader(kReaderWait).find_next_due_recording();
  if (!next) return kLongestRest;
  return std::clamp<std::chrono::milliseconds>(std::chrono::milliseconds(*next - options_.now()), kShortestRest,
                                               kLongestRest);
}

// The next recording, claimed by this thread. `is_idle`: none is due and none is under way.
optional<DueRecording> Fetcher::take(bool& is_idle) {
  const Millis now = options_.now();
  // Held over the query: what another thread has just settled is either not due any more, or still claimed by it.
  const std::lock_guard lock(claims_mutex_);
  is_idle = under_way_.empty();
  if (busy_until_ > now) return {};
  for (auto& recording : archive_.reader(kReaderWait).find_due_recordings(now, 2 * options_.at_once)) {
    if (under_way_.insert(recording.key).second) return std::move(recording);
  }
  return {};
}

void Fetcher::rest(std::chrono::milliseconds longest, std::uint64_t wakes_seen) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, longest, [&] { return stopping_ || wakes_ != wakes_seen; });
}

// What `recordings fetch` leaves for the process that holds the archive. A thread of its own: the others may be in the
// middle of a download for minutes.
void Fetcher::look_for_requests() {
  const auto attend = [this] {
    if (!may_go_on()) throw Stopped();
  };
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, kBetweenLooks, [this] { return stopping_; })) return;
    }
    try {
      if (obey_request(archive_, store_, attend)) wake();
    } catch (const Stopped&) {
      return;
    } catch (const std::exception&) {
      // It waits again; the archive's own metrics and log tell of the trouble.
    }
  }
}

void Fetcher::fetch(const DueRecording& wanted) {
  const auto go_on = [this] { return may_go_on(); };
  TryFailed failed;
  try {
    const auto kept = listen(wanted, download(options_.download, store_, wanted, go_on));
    settle(wanted, kept, RecordingState::kept, kept.reason.value_or(""));
    const std::lock_guard lock(mutex_);
    metrics_.bytes += static_cast<std::uint64_t>(kept.sound.bytes);
    return;
  } catch (const Stopped&) {
    throw;
  } catch (const FetchError& error) {
    failed = after_failure(wanted, error.state, error.what(), error.retry_after, options_.now(), chance());
    failed.partial = error.partial ? error.partial : wanted.partial;
    if (error.vendor_is_busy) {
      busy_until_ = options_.now() + std::chrono::milliseconds(error.retry_after.value_or(60s)).count();
    }
  } catch (const std::exception& error) {
    failed = after_failure(wanted, RecordingState::failed, error.what(), {}, options_.now(), chance());
  }
  settle(wanted, failed, failed.state, failed.reason);
}

SoundKept Fetcher::listen(const DueRecording& wanted, Downloaded downloaded) {
  const auto heard = hear(downloaded.file.descriptor(), [this] { return may_go_on(); });
  const auto published = store_.publish(std::move(downloaded.file));
  return {.of = wanted.key,
          .sound = {published.sha256, published.bytes, heard.type, heard.duration_ms, heard.peaks},
          .origin = downloaded.origin,
          .reason = odd_duration(heard.duration_ms, wanted.call_seconds),
          .at = options_.now()};
}

// Says it until the archive takes it: what was fetched is not fetched again only because the disk is full for a moment.
void Fetcher::settle(const DueRecording& wanted, const RecordingChange& change, RecordingState state,
                     const string& reason) {
  for (;;) {
    try {
      archive_.change_recordings(change);
      break;
    } catch (const NotDurable&) {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, kAfterTrouble, [this] { return stopping_; })) throw Stopped();
    }
  }
  {
    const std::lock_guard lock(mutex_);
    auto& count = state == RecordingState::kept     ? metrics_.kept
                  : state == RecordingState::denied ? metrics_.denied
                  : state == RecordingState::gone   ? metrics_.gone
                                                    : metrics_.failed;
    ++count;
  }
  if (options_.report) options_.report(wanted.key, state, reason);
}

}  // namespace callarchive::recordings
