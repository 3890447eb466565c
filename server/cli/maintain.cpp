#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"
#include "server/cli/output.h"
#include "server/cli/progress.h"
#include "server/ingest/decode.h"
#include "storage/care/dump.h"
#include "storage/care/rebuild.h"

#include <iostream>
#include <memory>
#include <thread>

// The maintenance commands rebuild, migrate and dump.

namespace callarchive::cli {

Run add_rebuild(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    bool check = false;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("rebuild", "Rebuild the tables from the stored deliveries");
  command->footer(
      "Example: callarchive rebuild --db callarchive.db\n"
      "The tables are built in a new file, which replaces the old one at the end; until then the archive is "
      "unchanged.\n"
      "Stop the service first. With --check nothing is changed, and the exit code is 1 if the tables differ. It is "
      "also 1\n"
      "if the body of a delivery is not the one that was received.");
  add_archive_flag(*command, flags->archive);
  add(*command, "default-region", flags->archive.default_region,
      "Interpret numbers without a country code as dialed in this country");
  command->add_flag("--check", flags->check,
                    "Only compare; if the service runs, what arrives meanwhile counts as different");
  return [flags] {
    Progress progress(flags->check ? "checking" : "rebuilding", 0);
    const auto report = [&](const RebuildProgress& now) { progress.update(now.done, now.total); };
    const auto options = flags->archive.options();
    const auto result = flags->check ? check_rebuild(options, decode, report) : rebuild(options, decode, report);
    if (result.damaged > 0) {
      std::cerr << "callarchive: " << result.damaged
                << " deliveries are damaged: their bodies do not match their SHA-256; the first is "
                << result.first_damaged << ". A backup may have them intact\n";
    }
    Output output;
    for (const auto& line : result.differences) output.data(line + '\n');
    output.flush();
    if (result.difference_count > 0) {
      progress.finish(std::to_string(result.difference_count) +
                      " rows differ; run `callarchive rebuild` to rebuild the tables");
      return 1;
    }
    progress.finish(std::to_string(result.deliveries) + " deliveries " + (flags->check ? "checked" : "replayed") +
                    ", " + std::to_string(result.changed_outcomes) + " of them with a different outcome");
    return result.damaged > 0 ? 1 : 0;
  };
}

Run add_migrate(CLI::App& app) {
  auto flags = std::make_shared<ArchiveFlags>();
  auto* command =
      app.add_subcommand("migrate", "Migrate an archive to the schema of this program, as serve does when it starts");
  command->footer(
      "Example: callarchive migrate --db callarchive.db\n"
      "If an older program read deliveries differently, all of them are read again into a new file beside the old\n"
      "one, which it replaces at the end. You can stop it at any moment; the tables are then as they were.");
  add_archive_flag(*command, *flags);
  return [flags] {
    const Interruptible interruptible;
    Archive archive(flags->options(), decode);
    while (archive.is_folding()) {
      interruptible.check();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    archive.close();
    std::cerr << flags->db << " has the current schema\n";
    return 0;
  };
}

Run add_dump(CLI::App& app) {
  auto flags = std::make_shared<ArchiveFlags>();
  auto* command =
      app.add_subcommand("dump", "Print the tables made from the ledger as sorted text, to compare two archives");
  command->footer("Example: diff <(callarchive dump --db a.db) <(callarchive dump --db b.db)");
  add_archive_flag(*command, *flags);
  return [flags] {
    Output output;
    dump_tables(flags->db, [&](std::string_view line) {
      output.data(line);
      output.data("\n");
    });
    output.flush();
    return 0;
  };
}

}  // namespace callarchive::cli
