#include "server/api/local_date.h"
#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/output.h"
#include "server/cli/progress.h"
#include "server/cli/recording_flags.h"
#include "server/clock.h"
#include "server/ingest/decode.h"
#include "server/recordings/folder.h"
#include "server/text/time_text.h"

#include <filesystem>
#include <iostream>
#include <memory>

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

constexpr std::int64_t kAtOnce = 500;

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

bool is_whole(const MediaStore& media, const Sound& sound, bool reads_all) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(media.path_of(sound.sha256), missing);
  if (missing || static_cast<std::int64_t>(bytes) != sound.bytes) return false;
  return !reads_all || digest_of_file(media.open(sound.sha256).descriptor()) == sound.sha256;
}

// Wants recordings again whose files are missing or incomplete, for example after a restore.
void want_lost(Archive& archive, bool reads_all, const Interruptible& interruptible) {
  optional<RecordingKey> after;
  for (bool more = true; more;) {
    const auto kept = archive.reader().find_recordings({RecordingState::kept}, after, kAtOnce);
    more = static_cast<std::int64_t>(kept.size()) == kAtOnce;
    for (const auto& recording : kept) {
      interruptible.check();
      after = recording.key;
      if (is_whole(archive.media(), *recording.sound, reads_all)) continue;
      archive.change_recordings(SoundLost{recording.key, recording.sound->sha256, "its file was missing or damaged"});
    }
  }
}

int fetch(const Flags& flags) {
  auto options = read_fetcher_options(flags.recording);
  const RecordingsWanted wanted{read_instant("--since", flags.since), read_instant("--until", flags.until)};
  const Interruptible interruptible;
  Archive archive(writing(flags), decode);
  want_lost(archive, flags.check, interruptible);
  const auto total = archive.change_recordings(wanted);
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
  const bool is_paused = !archive.reader().find_due_recordings(now(), 1).empty();
  archive.close();
  const auto lost = metrics.denied + metrics.gone + metrics.failed;
  progress.finish(std::to_string(metrics.kept) + " kept, " + std::to_string(metrics.denied) + " denied, " +
                  std::to_string(metrics.gone) + " gone, " + std::to_string(metrics.failed) + " failed" +
                  (lost > 0 ? "; `callarchive recordings list` says why" : "") +
                  (is_paused ? "; the vendor asked for a pause, so run it again for the rest" : ""));
  return metrics.failed == 0 && !is_paused ? 0 : 1;
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
      "The service must be stopped meanwhile. It will try again what fails.");

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
