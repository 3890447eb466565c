#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/progress.h"
#include "server/ingest/decode.h"
#include "storage/care/dump.h"
#include "storage/care/rebuild.h"

#include <iostream>
#include <memory>

// Commands of the owner: rebuild, migrate, dump.

namespace callarchive::cli {

Run add_rebuild(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    bool check = false;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("rebuild", "Make every table again from the kept deliveries");
  command->footer(
      "Example: callarchive rebuild --db callarchive.db\n"
      "Works on a new file beside the old one, which it replaces at the end; stop it at any moment and nothing has\n"
      "happened. The service must not run. With --check nothing is changed: exit code 1 if the tables differ.\n"
      "Exit code 1 also if the body of a delivery is not the one that was received.");
  add_archive_flag(*command, flags->archive);
  add(*command, "default-region", flags->archive.default_region,
      "Read numbers without a country code anew, as dialled in this country");
  command->add_flag("--check", flags->check,
                    "Only compare; the service may run, but then what arrives meanwhile differs");
  return [flags] {
    Progress progress(flags->check ? "checking" : "rebuilding", 0);
    const auto report = [&](const RebuildProgress& now) { progress.update(now.done, now.total); };
    const auto options = flags->archive.options();
    const auto result = flags->check ? check_rebuild(options, decode, report) : rebuild(options, decode, report);
    if (result.damaged > 0) {
      std::cerr << "callarchive: " << result.damaged
                << " deliveries are not as they were received: their bodies do not fit their"
                << " sha256, the first is " << result.first_damaged << "; a backup may have them whole\n";
    }
    for (const auto& line : result.differences) std::cout << line << '\n';
    if (result.difference_count > 0) {
      progress.finish(std::to_string(result.difference_count) +
                      " rows differ; `callarchive rebuild` makes the tables again");
      return 1;
    }
    progress.finish(std::to_string(result.deliveries) + " deliveries " + (flags->check ? "checked" : "replayed") +
                    ", " + std::to_string(result.changed_outcomes) + " with another outcome than before");
    return result.damaged > 0 ? 1 : 0;
  };
}

Run add_migrate(CLI::App& app) {
  auto flags = std::make_shared<ArchiveFlags>();
  auto* command =
      app.add_subcommand("migrate", "Bring an archive to this program's schema, as serve does at its start");
  command->footer(
      "Example: callarchive migrate --db callarchive.db\n"
      "Where an older program read deliveries otherwise, all of them are read again into a new file beside the old "
      "one,\n"
      "which it replaces at the end: stop it at any moment and the tables are as they were.");
  add_archive_flag(*command, *flags);
  return [flags] {
    Archive archive(flags->options(), decode);
    archive.close();
    std::cerr << flags->db << " has the newest schema\n";
    return 0;
  };
}

Run add_dump(CLI::App& app) {
  auto flags = std::make_shared<ArchiveFlags>();
  auto* command = app.add_subcommand("dump", "Write every table as ordered text, to compare two archives");
  command->footer("Example: diff <(callarchive dump --db a.db) <(callarchive dump --db b.db)");
  add_archive_flag(*command, *flags);
  return [flags] {
    dump_tables(flags->db, [](std::string_view line) { std::cout << line << '\n'; });
    return std::cout.flush() ? 0 : 1;
  };
}

}  // namespace callarchive::cli
