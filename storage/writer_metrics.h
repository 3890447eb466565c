#pragma once

#include "storage/records.h"

#include <algorithm>

// What the archive says about its own work, for metrics: plain values, copied at one moment.

namespace callarchive {

// Values counted by size, as Prometheus does: counts[i] counts those that are at most bounds[i] and above the bound
// before it; the last one counts the rest.
struct Histogram {
  vector<double> bounds = {};         // ascending
  vector<std::uint64_t> counts = {};  // one more than bounds
  double sum = 0;

  explicit Histogram(vector<double> upper_bounds = {}) : bounds(std::move(upper_bounds)), counts(bounds.size() + 1) {}
  void observe(double value) {
    const auto place = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
    ++counts[static_cast<std::size_t>(place)];
    sum += value;
  }
};

// All counts are since the archive was opened.
struct WriterMetrics {
  std::size_t queue_depth = 0;         // deliveries that wait for the writer now
  std::uint64_t stored = 0;            // deliveries acknowledged as durable, duplicates included
  std::uint64_t refused = 0;           // answered with NotDurable, QueueFull included
  std::uint64_t replayed_batches = 0;  // commits that failed and were tried again one delivery at a time
  std::uint64_t failed_checkpoints = 0;
  std::size_t lent_readers = 0;      // read-only connections in use now
  double oldest_reader_seconds = 0;  // how long the one lent first has been in use; 0 if none is
  std::int64_t log_pages = 0;        // of the write-ahead log that are not yet in the main file, 4 KiB each
  optional<Millis> last_commit_at = {};
  optional<string> last_error = {};                                // of the disk; cleared by the next commit
  Histogram batch_sizes{{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}};  // deliveries per commit
  Histogram commit_seconds{{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5}};  // whole batch
  Histogram checkpoint_seconds{{0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5}};
};

}  // namespace callarchive
