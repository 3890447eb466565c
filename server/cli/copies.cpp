#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"
#include "server/cli/progress.h"
#include "storage/care/backup.h"

#include <iostream>
#include <memory>

// The commands backup and restore.

namespace callarchive::cli {
namespace {

ReportCopy report_to(Progress& progress, const Interruptible& interruptible) {
  return [&](const CopyProgress& now) {
    interruptible.check();
    progress.update(now.done, now.total);
  };
}

std::string in_words(const BackupResult& result) {
  std::string text = result.path + ": " + std::to_string(result.deliveries) + " deliveries, " +
                     std::to_string(result.bytes / 1024) + " KiB, checked";
  const auto& media = result.media;
  if (media.copied + media.there > 0) {
    text +=
        "; recordings: " + std::to_string(media.copied) + " copied, " + std::to_string(media.there) + " already there";
  }
  for (const auto& path : result.removed) text += "\nremoved " + path;
  if (result.foreign > 0) {
    text += "\nleft alone, as they are unreadable or of another archive: " + std::to_string(result.foreign) + " files";
  }
  return text;
}

// The exit code: a copy that is damaged, or lacks some recordings, is not all that was wanted.
int tell_faults(const BackupResult& result) {
  if (result.damage.count > 0) {
    std::cerr << "callarchive: " << result.path << ": " << result.damage.in_words()
              << ". Another backup may have it intact\n";
  }
  if (!result.kept_back.empty()) std::cerr << "callarchive: " << result.kept_back << '\n';
  if (result.media.missing.empty()) return result.kept_back.empty() && result.damage.count == 0 ? 0 : 1;
  std::cerr << "callarchive: " << result.media.missing.size()
            << " recordings could not be copied, since their files are missing or damaged; the first is "
            << result.media.missing.front() << '\n';
  return 1;
}

}  // namespace

Run add_backup(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    std::string destination;
    std::size_t keep = 0;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("backup", "Copy the archive, which may be in use, and check the copy");
  add_archive_flag(*command, flags->archive);
  command->add_option("destination", flags->destination, "A new file, or an existing folder")
      ->required()
      ->configurable(false);
  add(*command, "keep", flags->keep, "In a folder, keep this many copies and remove older ones; 0 keeps all");
  command->footer(
      "Example: callarchive backup --db callarchive.db /var/backups/callarchive --keep 14\n"
      "The copy is the archive as it was at one moment. Its recordings are copied into a folder beside it.");
  return [flags] {
    const Interruptible interruptible;
    Progress progress("copying", 0);
    const auto result = backup(flags->archive.db, flags->destination, report_to(progress, interruptible), flags->keep);
    progress.finish(in_words(result));
    return tell_faults(result);
  };
}

Run add_restore(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    std::string copy;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("restore", "Make an archive from a backup; an existing one is never overwritten");
  add_archive_flag(*command, flags->archive);
  command->add_option("copy", flags->copy, "A file that `backup` wrote")->required()->configurable(false);
  command->footer(
      "Example: callarchive restore --db callarchive.db /var/backups/callarchive/callarchive-20260302T020000Z.db\n"
      "The copy is checked before and after. Move an existing archive out of the way first.");
  return [flags] {
    const Interruptible interruptible;
    Progress progress("restoring", 0);
    const auto result = restore(flags->copy, flags->archive.db, report_to(progress, interruptible));
    progress.finish(in_words(result));
    return tell_faults(result);
  };
}

}  // namespace callarchive::cli
