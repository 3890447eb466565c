#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/output.h"
#include "server/cli/text.h"
#include "server/ingest/decode.h"
#include "storage/care/doctor.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

// The command doctor.

namespace callarchive::cli {
namespace {

struct Flags {
  ArchiveFlags archive;
  bool quick = false;
  bool json = false;
  bool quiet = false;
  int silence_hours = 0;
  std::string temporary_folder;
};

std::string in_colour(const Terminal& terminal, Finding::Verdict verdict) {
  const auto text = pad(to_text(verdict), 5);
  switch (verdict) {
    case Finding::Verdict::ok: return terminal.good(text);
    case Finding::Verdict::warn: return terminal.marked(text);
    case Finding::Verdict::fail: return terminal.bad(text);
  }
  return text;
}

// The library is that of the system, and what was quarantined stays so until a new version of the program can read it
// (a metric and an alert tell of it): the same warning each night would hide the one that counts.
bool is_beyond_the_operator(const Finding& finding) {
  return finding.verdict == Finding::Verdict::warn && (finding.name == "sqlite_version" || finding.name == "ledger");
}

int run_doctor(const Flags& flags) {
  Examination examination;
  examination.temporary_folder = flags.temporary_folder;
  examination.archive = flags.archive.options();
  examination.quick = flags.quick;
  if (flags.silence_hours > 0) examination.silence = std::chrono::hours(flags.silence_hours);
  Output output;
  const Terminal terminal = look_at_terminal();
  const auto report = [&](const Finding& finding) {
    if (flags.quiet && (finding.verdict == Finding::Verdict::ok || is_beyond_the_operator(finding))) return;
    if (flags.json) {
      const nlohmann::ordered_json row = {
          {"name", finding.name}, {"verdict", to_text(finding.verdict)}, {"text", finding.text}};
      output.json_line(row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      output.line(in_colour(terminal, finding.verdict) + " " + pad(finding.name, 18) + "  " + harmless(finding.text));
    }
    output.flush();
  };
  const auto findings = examine(examination, decode, report);
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.verdict == Finding::Verdict::fail; });
}

}  // namespace

Run add_doctor(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command =
      app.add_subcommand("doctor", "Check the archive: the file, the indexes, and the tables against the ledger");
  add_archive_flag(*command, flags->archive);
  command->add_flag("--quick", flags->quick,
                    "Skip the checks that need a copy of the file: bodies, search indexes, rebuild");
  add(*command, "silence", flags->silence_hours, "Fail if nothing has arrived for this many hours; 0: never")
      ->check(CLI::Range(0, 87600));
  add(*command, "temp", flags->temporary_folder,
      "Folder for the copies that the checks need, twice the size of the archive; without it, beside the archive");
  command->add_flag("--json", flags->json, "Print one JSON object per finding: name, verdict, text");
  command->add_flag("--quiet,-q", flags->quiet, "Print only what is wrong and can be changed, for cron");
  command->footer(
      "Example: callarchive doctor --db callarchive.db --quiet --silence 48\n"
      "Nothing is changed; the archive may be in use. The exit code is 1 if a check fails, also that of --silence;\n"
      "with warnings alone it is 0.");
  return [flags] { return run_doctor(*flags); };
}

}  // namespace callarchive::cli
