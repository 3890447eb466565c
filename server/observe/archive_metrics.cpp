#include "server/observe/archive_metrics.h"

#include "storage/clock_tolerance.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace callarchive {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using prometheus::MetricType;

constexpr double kLogPageBytes = 4096;

prometheus::MetricFamily family(const std::string& name, const std::string& help, MetricType type,
                                prometheus::ClientMetric metric) {
  return {"callarchive_" + name, help, type, {std::move(metric)}};
}

prometheus::MetricFamily counter(const std::string& name, const std::string& help, std::uint64_t value) {
  prometheus::ClientMetric metric;
  metric.counter.value = static_cast<double>(value);
  return family(name, help, MetricType::Counter, std::move(metric));
}

prometheus::MetricFamily histogram(const std::string& name, const std::string& help, const Histogram& values) {
  prometheus::ClientMetric metric;
  auto& shown = metric.histogram;
  for (std::size_t i = 0; i < values.counts.size(); ++i) {
    shown.sample_count += values.counts[i];
    const bool last = i == values.bounds.size();
    shown.bucket.push_back({shown.sample_count, last ? std::numeric_limits<double>::infinity() : values.bounds[i]});
  }
  shown.sample_sum = values.sum;
  return family(name, help, MetricType::Histogram, std::move(metric));
}

void add_writer(Families& all, const WriterMetrics& now) {
  all.push_back(
      gauge("queued_deliveries", "Deliveries that wait for the writer.", static_cast<double>(now.queue_depth)));
  all.push_back(
      counter("durable_deliveries_total", "Deliveries acknowledged as durable, redeliveries included.", now.stored));
  all.push_back(counter("replayed_batches_total", "Commits that failed and were tried again one delivery at a time.",
                        now.replayed_batches));
  all.push_back(
      counter("failed_checkpoints_total", "Checkpoints of the write-ahead log that failed.", now.failed_checkpoints));
  all.push_back(gauge("write_failing", "1 from a failed write until the next successful one.", now.last_error ? 1 : 0));
  all.push_back(
      histogram("commit_duration_seconds", "Duration of a commit with all its deliveries.", now.commit_seconds));
  all.push_back(histogram("commit_deliveries", "Deliveries that shared a commit.", now.batch_sizes));
  all.push_back(histogram("checkpoint_duration_seconds", "Duration of a checkpoint of the write-ahead log.",
                          now.checkpoint_seconds));
  all.push_back(gauge("wal_pending_bytes", "Size of the part of the write-ahead log that is not in the main file yet.",
                      static_cast<double>(now.log_pages) * kLogPageBytes));
  all.push_back(gauge("lent_readers", "Read-only connections that are in use.", static_cast<double>(now.lent_readers)));
  all.push_back(gauge("oldest_reader_age_seconds", "How long the one lent first has been in use; 0 if none is.",
                      now.oldest_reader_seconds));
}

void add_files(Families& all, const std::string& path) {
  std::error_code error;
  const auto add_size = [&](const std::string& name, const std::string& help, const std::string& file) {
    const auto size = std::filesystem::file_size(file, error);
    all.push_back(gauge(name, help, error ? 0 : static_cast<double>(size)));
  };
  add_size("database_bytes", "Size of the archive's main file.", path);
  add_size("wal_bytes", "Size of the archive's write-ahead log.", path + "-wal");
  const auto folder = std::filesystem::absolute(path, error).parent_path();
  const auto space = std::filesystem::space(folder, error);
  if (!error)
    all.push_back(
        gauge("disk_free_bytes", "Free disk space beside the archive.", static_cast<double>(space.available)));
}

void add_quarantine(Families& all, Archive& archive) {
  try {
    const Count count = archive.reader().count_deliveries({.outcome = "quarantined"}, true);
    all.push_back(gauge("quarantined_deliveries", "Stored deliveries that could not be decoded.",
                        static_cast<double>(count.total)));
  } catch (const QueryTimeout&) {
    // The readers are busy; the next scrape may find one.
  }
}

void add_recordings(Families& all, Archive& archive) {
  try {
    const RecordingCounts counts = archive.reader().count_recordings();
    prometheus::MetricFamily states{"callarchive_recordings", "Recordings by state.", MetricType::Gauge, {}};
    prometheus::MetricFamily waiting{
        "callarchive_recordings_waiting", "Recordings that will be tried again, by state.", MetricType::Gauge, {}};
    for (const auto& of : counts.states) {
      for (auto& [family, value] : {std::pair(&states, of.count), {&waiting, of.waiting}}) {
        prometheus::ClientMetric metric;
        metric.label = {{"state", to_text(of.state)}};
        metric.gauge.value = static_cast<double>(value);
        family->metric.push_back(std::move(metric));
      }
    }
    all.push_back(std::move(states));
    all.push_back(std::move(waiting));
    all.push_back(gauge("recording_files", "Files of kept recordings.", static_cast<double>(counts.sounds)));
    all.push_back(gauge("recording_bytes", "Size of these files.", static_cast<double>(counts.sound_bytes)));
  } catch (const QueryTimeout&) {
    // As above.
  }
}

void add_vendor(Families& all, Archive& archive) {
  try {
    const BackfillState state = archive.reader().find_backfill_state();
    all.push_back(gauge("vendor_complete_timestamp_seconds",
                        "Up to when nothing is missing that the vendor's key sees; 0 when it is not known.",
                        static_cast<double>(state.complete_until.value_or(0)) / 1000));
    all.push_back(gauge("only_by_backfill", "Calls, messages and contacts of which no webhook ever spoke.",
                        static_cast<double>(state.only_by_backfill.value_or(0))));
    all.push_back(gauge("vendor_comparison_failing", "1 when the last comparison with the vendor failed.",
                        state.last_run && state.last_run->error ? 1 : 0));
  } catch (const QueryTimeout&) {
    // As above.
  }
}

void add_future(Families& all, Archive& archive, Millis now) {
  try {
    all.push_back(gauge("future_deliveries", "Deliveries that arrived later than now: a clock was or is wrong.",
                        static_cast<double>(archive.reader().count_deliveries_after(now + kClockTolerance))));
  } catch (const QueryTimeout&) {
    // As above.
  }
}

void add_backup(Families& all, const std::string& path) {
  const auto note = storage::read_backup_note(path).value_or(BackupNote{});
  all.push_back(gauge("last_backup_timestamp_seconds", "When the newest backup was made; 0: none is known.",
                      static_cast<double>(note.at) / 1000));
  all.push_back(gauge("last_backup_bytes", "Its size.", static_cast<double>(note.bytes)));
}

void add_process(Families& all, const std::string& name, const std::string& help, double value) {
  auto shown = gauge("", help, value);
  shown.name = "process_" + name;
  all.push_back(std::move(shown));
}

void add_descriptors(Families& all) {
  std::error_code error;
  const auto begin = std::filesystem::directory_iterator("/proc/self/fd", error);
  if (!error) {
    add_process(all, "open_fds", "Open file descriptors.",
                static_cast<double>(std::distance(begin, std::filesystem::directory_iterator())));
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    add_process(all, "max_fds", "The limit of open file descriptors.", static_cast<double>(limit.rlim_cur));
}

// proc(5), /proc/pid/statm: the second number is the resident set in pages.
void add_memory(Families& all) {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  if (!(statm >> size >> resident)) return;
  add_process(all, "resident_memory_bytes", "Resident memory.",
              resident * static_cast<double>(::sysconf(_SC_PAGESIZE)));
}

}  // namespace

prometheus::MetricFamily gauge(const std::string& name, const std::string& help, double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  return family(name, help, MetricType::Gauge, std::move(metric));
}

Families collect_archive_metrics(Archive& archive, const std::string& path, Millis now) {
  Families all;
  add_writer(all, archive.metrics());
  add_files(all, path);
  add_quarantine(all, archive);
  add_recordings(all, archive);
  add_vendor(all, archive);
  add_future(all, archive, now);
  add_backup(all, path);
  add_descriptors(all);
  add_memory(all);
  return all;
}

}  // namespace callarchive
