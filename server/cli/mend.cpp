#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/progress.h"
#include "server/ingest/decode.h"
#include "storage/care/merge.h"
#include "storage/care/salvage.h"

#include <iostream>
#include <memory>

// The commands salvage and merge: what to do with a damaged archive.

namespace callarchive::cli {
namespace {

std::string in_words(const SalvageResult& result, const std::string& path) {
  std::string text = path + ": " + std::to_string(result.deliveries - result.lost) + " deliveries salvaged";
  if (result.from_pages > 0) text += ", " + std::to_string(result.from_pages) + " of them out of single pages";
  if (!result.has_recordings) {
    text += "\nwhat was known of the recordings is lost: `callarchive recordings import` takes their files again";
  }
  return text;
}

}  // namespace

Run add_salvage(CLI::App& app) {
  struct Flags {
    std::string damaged, destination, default_region;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("salvage", "Make a new archive of everything that can be read in a damaged one");
  command->add_option("damaged", flags->damaged, "The damaged file; it is not changed")
      ->required()
      ->configurable(false);
  command->add_option("new", flags->destination, "The archive to make, which must not exist")
      ->required()
      ->configurable(false);
  add(*command, "default-region", flags->default_region, "If the damaged file does not say it: as for serve");
  command->footer(
      "Example: callarchive salvage damaged.db callarchive.db\n"
      "Deliveries keep their numbers, times and webhook ids. One that is lost leaves a quarantined delivery in its\n"
      "place. If a backup is at hand, merge brings what is missing out of it. The sounds stay in damaged.db.media;\n"
      "move that folder to callarchive.db.media. The exit code is 1 if a delivery is lost or damaged.");
  return [flags] {
    Progress progress("salvaging", 0);
    const ArchiveOptions options{.path = flags->damaged, .default_region = flags->default_region};
    const auto result = salvage(options, flags->destination, decode,
                                [&](const RebuildProgress& now) { progress.update(now.done, now.total); });
    progress.finish(in_words(result, flags->destination));
    if (result.lost > 0) {
      std::cerr << "callarchive: " << result.lost << " deliveries are lost; the first is " << result.first_lost << '\n';
    }
    if (result.replay.damaged > 0) {
      std::cerr << "callarchive: " << result.replay.damaged
                << " deliveries are damaged: their bodies do not match their SHA-256; the first is "
                << result.replay.first_damaged << '\n';
    }
    return result.lost + result.replay.damaged > 0 ? 1 : 0;
  };
}

Run add_merge(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    std::string from;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("merge", "Store the deliveries of another archive that this one lacks");
  add_archive_flag(*command, flags->archive);
  command->add_option("from", flags->from, "Another archive or a copy of this one; it is not changed")
      ->required()
      ->configurable(false);
  command->footer(
      "Example: callarchive merge --db callarchive.db salvaged.db\n"
      "For an archive that was restored from a backup: it brings what came after that, with webhook ids and times of\n"
      "arrival. Both were the same archive once, or the other one is a copy of it. It may be run again.");
  return [flags] {
    Archive archive(flags->archive.options(), decode);
    Progress progress("merging", 0);
    const auto result = merge_from(archive, flags->from, decode,
                                   [&](const RebuildProgress& now) { progress.update(now.done, now.total); });
    archive.close();
    progress.finish(std::to_string(result.read) + " deliveries read, " + std::to_string(result.merged) + " merged");
    return 0;
  };
}

}  // namespace callarchive::cli
