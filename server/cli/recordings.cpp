#include "server/api/local_date.h"
#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/output.h"
#include "server/cli/progress.h"
#include "server/cli/recording_flags.h"
#include "server/clock.h"
#include "server/ingest/decode.h"
#include "server/recordings/folder.h"
#include "server/recordings/request.h"
#include "server/text/time_text.h"

#include <iostream>
#include <map>
#include <memory>
#include <thread>

// The command recordings.

namespace callarchive::cli {
namespace {

struct Flags {
  ArchiveFlags archive;
  RecordingFlags recording;
  std::string since;
  std::string until;
  std::string state;
  std::string folder;
  std::string index;
  bool check = false;
};

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kAtOnce = 500;
constexpr std::chrono::milliseconds kBetweenLooks = 50ms;
constexpr auto kBetweenCounts = 2s;
constexpr std::chrono::milliseconds kPatienceWithService = 10s;  // it looks twice a second

// A date, which means its beginning in UTC, or an instant.
optional<Millis> read_instant(const std::string& flag, const std::string& text) {
  if (text.empty()) return {};
  if (const auto day = api::start_of_day(text, "UTC")) return day;
  if (const auto instant = parse_instant(text)) return instant;
  throw UsageError(flag + " " + text +
                   ": expected a date, such as 2026-03-31, or an instant, such as 2026-03-31T10:30:00Z");
}

ArchiveOptions writing(const Flags& flags) {
  auto options = flags.archive.options();
  options.media_reserve = flags.recording.media_reserve;
  return options;
}

ArchiveOptions reading(const Flags& flags) {
  auto options = flags.archive.options();
  options.read_only = true;
  options.query_timeout = std::chrono::minutes(5);
  return options;
}

std::string megabytes(std::int64_t bytes) { return std::to_string((bytes + (1 << 19)) >> 20) + " MiB"; }

int show_status(const Flags& flags) {
  Archive archive(reading(flags), decode);
  const auto counts = archive.reader().count_recordings();
  Output out;
  for (const auto& of : counts.states) {
    out.line(std::string(to_text(of.state)) + '\t' + std::to_string(of.count) +
             (of.waiting > 0 ? "\t" + std::to_string(of.waiting) + " will be tried again" : ""));
  }
  out.line("files\t" + std::to_string(counts.sounds) + "\t" + megabytes(counts.sound_bytes));
  out.flush();
  return 0;
}

int list(const Flags& flags) {
  Archive archive(reading(flags), decode);
  RecordingFilter filter;
  if (!flags.state.empty()) filter.state = recording_state_from(flags.state);
  Output out;
  optional<RecordingKey> after;
  for (bool more = true; more;) {
    const auto recordings = archive.reader().find_recordings(filter, after, kAtOnce);
    more = static_cast<std::int64_t>(recordings.size()) == kAtOnce;
    for (const auto& recording : recordings) {
      after = recording.key;
      const bool is_due = recording.next_try_at == 0;
      out.line(recording.call_id.value_or(recording.key.call_key) + '\t' + to_text(recording.state) + '\t' +
               (recording.sound ? recording.sound->type + ", " + std::to_string(recording.sound->bytes) + " bytes, " +
                                      std::to_string((recording.sound->duration_ms + 500) / 1000) + " s"
                : recording.next_try_at ? "next try " + (is_due ? "now" : format_instant(*recording.next_try_at))
                                        : "no further try") +
               '\t' + recording.reason.value_or(""));
    }
  }
  out.flush();
  return 0;
}

// What became of those that were tried since, by state.
std::map<RecordingState, std::int64_t> tried_since(Archive& archive, Millis begin) {
  std::map<RecordingState, std::int64_t> counts;
  optional<RecordingKey> after;
  for (bool more = true; more;) {
    const auto recordings = archive.reader().find_recordings({}, after, kAtOnce);
    more = static_cast<std::int64_t>(recordings.size()) == kAtOnce;
    for (const auto& recording : recordings) {
      after = recording.key;
      const Millis tried_at = std::max(recording.last_try_at.value_or(0), recording.kept_at.value_or(0));
      if (tried_at >= begin) ++counts[recording.state];
    }
  }
  return counts;
}

int finish(Progress& progress, std::map<RecordingState, std::int64_t> counts, bool is_paused) {
  const auto failed = counts[RecordingState::failed];
  const auto lost = counts[RecordingState::denied] + counts[RecordingState::gone] + failed;
  progress.finish(std::to_string(counts[RecordingState::kept]) + " kept, " +
                  std::to_string(counts[RecordingState::denied]) + " denied, " +
                  std::to_string(counts[RecordingState::gone]) + " gone, " + std::to_string(failed) + " failed" +
                  (lost > 0 ? "; `callarchive recordings list` says why" : "") +
                  (is_paused ? "; the vendor asked for a pause, so run it again for the rest" : ""));
  return failed == 0 && !is_paused ? 0 : 1;
}

// Where the service runs on the archive, it does the work, with its own options; this waits and counts.
int have_fetched(const Flags& flags, const recordings::FetchRequest& request, const std::string& who) {
  const Interruptible interruptible;
  const Millis begin = now();
  Archive archive(reading(flags), decode);
  recordings::leave_request(archive.media(), request);
  using recordings::RequestState;
  auto waited = 0ms;
  for (RequestState state; (state = recordings::state_of_request(archive.media())) != RequestState::gone;) {
    try {
      interruptible.check();
      if (state == RequestState::waits && (waited += kBetweenLooks) > kPatienceWithService) {
        throw std::runtime_error(
            who + ". It does not fetch recordings: stop it, or start `callarchive serve` without --recordings off");
      }
    } catch (...) {
      recordings::withdraw_request(archive.media());
      throw;
    }
    std::this_thread::sleep_for(kBetweenLooks);
  }
  const auto kept = [&] {
    return archive.reader().count_recordings().states[static_cast<std::size_t>(RecordingState::kept)].count;
  };
  Progress progress("fetching", 0);
  const auto kept_before = kept();
  for (auto next_count = Clock::now(); !archive.reader().find_due_recordings(now(), 1).empty();) {
    interruptible.check();
    if (Clock::now() >= next_count) {
      progress.update(kept() - kept_before);
      next_count = Clock::now() + kBetweenCounts;
    }
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return finish(progress, tried_since(archive, begin), false);
}

int fetch_here(const Flags& flags, const recordings::FetchRequest& request) {
  auto options = read_fetcher_options(flags.recording);
  const Interruptible interruptible;
  Archive archive(writing(flags), decode);
  const auto total = recordings::obey(archive, request, [&] { interruptible.check(); });
  Progress progress("fetching", total);
  std::atomic<std::int64_t> done = 0;
  options.now = now;
  options.report = [&](const RecordingKey&, RecordingState, const std::string&) { ++done; };
  recordings::Fetcher fetcher(archive, archive.media(), std::move(options));
  fetcher.work_off([&] {
    interruptible.check();
    progress.update(done);
  });
  const auto metrics = fetcher.metrics();
  const auto count = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
  const bool is_paused = !archive.reader().find_due_recordings(now(), 1).empty();
  archive.close();
  return finish(progress,
                {{RecordingState::kept, count(metrics.kept)},
                 {RecordingState::denied, count(metrics.denied)},
                 {RecordingState::gone, count(metrics.gone)},
                 {RecordingState::failed, count(metrics.failed)}},
                is_paused);
}

int fetch(const Flags& flags) {
  const recordings::FetchRequest request{{read_instant("--since", flags.since), read_instant("--until", flags.until)},
                                         flags.check};
  try {
    return fetch_here(flags, request);
  } catch (const IsWritten& error) {
    return have_fetched(flags, request, error.what());
  }
}

int import_all(const Flags& flags) {
  const Interruptible interruptible;
  Archive archive(writing(flags), decode);
  Progress progress("importing", 0);
  const auto result =
      recordings::import_folder(archive, flags.folder, flags.index.empty() ? optional<std::string>() : flags.index,
                                now(), [&](std::int64_t done) {
                                  interruptible.check();
                                  progress.update(done);
                                });
  archive.close();
  progress.finish(std::to_string(result.imported) + " imported, " + std::to_string(result.known) + " already known, " +
                  std::to_string(result.left.size()) + " not imported");
  Output out;
  for (const auto& [file, reason] : result.left) out.line(file + '\t' + reason);
  out.flush();
  return result.left.empty() ? 0 : 1;
}

int export_all(const Flags& flags) {
  const Interruptible interruptible;
  Archive archive(reading(flags), decode);
  Progress progress("exporting", 0);
  const auto result = recordings::export_folder(archive, flags.folder, [&](std::int64_t done) {
    interruptible.check();
    progress.update(done);
  });
  progress.finish(std::to_string(result.exported) + " exported, " + megabytes(result.bytes) + ", " +
                  std::to_string(result.damaged.size()) + " damaged");
  Output out;
  for (const auto& id : result.damaged) out.line(id + "\tits file is missing or damaged; run `callarchive doctor`");
  out.flush();
  return result.damaged.empty() ? 0 : 1;
}

}  // namespace

Run add_recordings(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("recordings", "List, fetch, import and export the recordings of calls");
  command->require_subcommand(1);
  command->footer("Example: callarchive recordings status --db callarchive.db");

  auto* status = command->add_subcommand("status", "Count recordings by state");
  add_archive_flag(*status, flags->archive);
  status->footer("Example: callarchive recordings status --db callarchive.db");

  auto* show = command->add_subcommand("list", "List recordings with their state and the reason for it");
  add_archive_flag(*show, flags->archive);
  show->add_option("--state", flags->state, "Only those in this state")
      ->check(CLI::IsMember({"wanted", "kept", "denied", "gone", "failed"}))
      ->configurable(false);
  show->footer("Example: callarchive recordings list --db callarchive.db --state failed");

  auto* get = command->add_subcommand("fetch", "Fetch every recording that is not kept, whatever was tried before");
  add_archive_flags(*get, flags->archive);
  add_recording_flags(*get, flags->recording);
  get->add_option("--since", flags->since, "Only for calls from this date or instant on")->configurable(false);
  get->add_option("--until", flags->until, "Only for calls before this date or instant")->configurable(false);
  get->add_flag("--check", flags->check, "Also read every kept file, and fetch those again that are damaged")
      ->configurable(false);
  get->footer(
      "Example: callarchive recordings fetch --db callarchive.db --vendor-key @/etc/callarchive/vendor-key\n"
      "If the service runs on the archive, it does the work, with its own key and options, and this command waits for "
      "it.\n"
      "The service will try again what fails.");

  auto* take = command->add_subcommand("import", "Import saved recordings into the archive");
  add_archive_flags(*take, flags->archive);
  take->add_option("folder", flags->folder, "The folder with the files")->required()->configurable(false);
  take->add_option("--index", flags->index, "CSV with the columns file and call_id; else the id is in the file's name")
      ->configurable(false);
  take->footer(
      "Example: callarchive recordings import --db callarchive.db saved-calls/\n"
      "Prints what was not imported, with the reason. The files are copied; the folder is not changed.");

  auto* give = command->add_subcommand("export", "Write the kept recordings into a folder, with an index in CSV");
  add_archive_flag(*give, flags->archive);
  give->add_option("folder", flags->folder, "The folder to write to; complete files in it are not written again")
      ->required()
      ->configurable(false);
  give->footer("Example: callarchive recordings export --db callarchive.db calls/");

  return [=] {
    if (status->parsed()) return show_status(*flags);
    if (show->parsed()) return list(*flags);
    if (get->parsed()) return fetch(*flags);
    if (take->parsed()) return import_all(*flags);
    return export_all(*flags);
  };
}

}  // namespace callarchive::cli
