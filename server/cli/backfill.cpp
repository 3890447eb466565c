#include "server/vendor/backfill.h"
#include "server/api/local_date.h"
#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/output.h"
#include "server/cli/progress.h"
#include "server/cli/vendor_flags.h"
#include "server/clock.h"
#include "server/ingest/decode.h"
#include "server/text/time_text.h"
#include "server/vendor/days.h"
#include "server/vendor/verify.h"
#include "server/vendor/wish.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

// The commands backfill and verify: what the vendor has and the archive does not.

namespace callarchive::cli {
namespace {

constexpr int kNotComplete = 1;
constexpr auto kUntilTaken = std::chrono::seconds(20);
constexpr auto kLook = std::chrono::milliseconds(250);

struct Flags {
  ArchiveFlags archive;
  VendorFlags vendor;
  std::string since;
  std::string until;
  std::string v1 = "auto";
  std::string against;
  bool reads_all = false;
  bool json = false;
};

optional<std::int64_t> read_day(const std::string& flag, const std::string& text) {
  if (text.empty()) return {};
  if (const auto day = api::start_of_day(text, "UTC")) return vendor::day_of(*day);
  throw UsageError(flag + ' ' + text + ": expected a date as 2026-03-31");
}

vendor::UseV1 read_v1(const std::string& text) {
  if (text == "always") return vendor::UseV1::always;
  return text == "never" ? vendor::UseV1::never : vendor::UseV1::when_needed;
}

// For libcurl's callbacks, through which nothing may be thrown.
std::function<bool()> until_interrupted(const Interruptible& interruptible) {
  return [&interruptible] {
    try {
      interruptible.check();
      return true;
    } catch (const Interrupted&) {
      return false;
    }
  };
}

// Work with the vendor that ends at the signal; what was learned is on disk.
template <typename Work>
auto interruptibly(const Interruptible& interruptible, const Work& work) {
  try {
    return work();
  } catch (const vendor::Stopped&) {
    interruptible.check();
    throw;
  }
}

std::string describe(const BackfillRun& run) {
  return std::to_string(run.requests) + " requests, " + std::to_string(run.items) + " items read, " +
         std::to_string(run.missing) + " were missing, " + std::to_string(run.stored - run.missing) +
         " said something new";
}

ArchiveOptions reading(const Flags& flags) {
  auto options = flags.archive.options();
  options.read_only = true;
  options.query_timeout = std::chrono::minutes(5);
  return options;
}

// Requests made, their rate, and how many are left: at least one for each window; how many pages differ is not known.
void show(Progress& progress, const BackfillRun& run) {
  const auto left = std::max<std::int64_t>(run.windows - run.windows_done, 0);
  progress.update(run.requests, run.windows > 0 ? run.requests + left : 0,
                  "at least " + std::to_string(left) + " left, " + std::to_string(run.windows_done) + " of " +
                      std::to_string(run.windows) + " windows, " + std::to_string(run.items) + " items, " +
                      std::to_string(run.stored) + " stored");
}

int backfill_here(const Flags& flags, const vendor::ClientOptions& client_options) {
  const Interruptible interruptible;
  auto with_end = client_options;
  with_end.may_go_on = until_interrupted(interruptible);
  Archive archive(flags.archive.options(), decode);
  with_end.limiter->share_beside(flags.archive.db);
  vendor::Client client(std::move(with_end));
  Progress progress("backfill: requests", 0);
  vendor::BackfillOptions options{
      .since_day = read_day("--since", flags.since), .reads_all = flags.reads_all, .v1 = read_v1(flags.v1), .now = now};
  options.report = [&](const vendor::BackfillProgress& now) {
    show(progress, {.requests = now.requests,
                    .windows = now.windows,
                    .windows_done = now.windows_done,
                    .items = now.items,
                    .stored = now.stored});
  };
  const auto result = interruptibly(interruptible, [&] { return vendor::backfill(archive, client, options); });
  archive.close();
  progress.finish(describe(result.run));
  for (const auto& note : result.notes) std::cerr << "note: " << note << '\n';
  if (result.is_complete) return 0;
  std::cerr << "not everything could be compared\n";
  return kNotComplete;
}

// The service that holds the archive does it, if it has a key.
int backfill_by_service(const Flags& flags) {
  const Interruptible interruptible;
  const std::string& path = flags.archive.db;
  const auto last_run = [&] {
    Archive archive(reading(flags), decode);
    return archive.reader().find_backfill_state().last_run;
  };
  const auto before = last_run();
  vendor::make_wish(
      path, {.since_day = read_day("--since", flags.since), .reads_all = flags.reads_all, .v1 = read_v1(flags.v1)});
  const Millis asked_at = now();
  Progress progress("backfill by the service: requests", 0);
  const auto until = std::chrono::steady_clock::now() + kUntilTaken;
  try {
    while (vendor::has_wish(path)) {
      interruptible.check();
      const bool is_comparing = before && !before->ended_at && !before->error;
      if (!is_comparing && std::chrono::steady_clock::now() > until) {
        vendor::withdraw_wish(path);
        throw std::runtime_error("the service that holds " + path +
                                 " does not take it: does it run with --vendor-key? Or stop it, and run this again");
      }
      std::this_thread::sleep_for(kLook);
    }
  } catch (const Interrupted&) {
    vendor::withdraw_wish(path);
    throw;
  }
  for (;;) {
    interruptible.check();
    const auto run = last_run();
    const bool is_new = run && (!before || run->id != before->id || run->requests != before->requests ||
                                run->ended_at != before->ended_at || run->error != before->error);
    if (is_new && run->error) throw std::runtime_error(*run->error);
    if (is_new && run->ended_at && *run->ended_at >= asked_at) {
      progress.finish(describe(*run));
      return run->complete_until || run->since_day ? 0 : kNotComplete;
    }
    if (is_new) show(progress, *run);
    std::this_thread::sleep_for(kLook);
  }
}

int run_backfill(const Flags& flags) {
  const auto client = read_client_options(flags.vendor);
  try {
    if (!client.key.empty()) return backfill_here(flags, client);
    Archive archive(flags.archive.options(), decode);  // nobody else has it: then this needs a key
    require_client_options(flags.vendor);
    return 0;
  } catch (const IsWritten&) {
    return backfill_by_service(flags);
  }
}

int run_verify(const Flags& flags) {
  const Interruptible interruptible;
  Archive archive(reading(flags), decode);
  Progress progress("verify: compared", 0);
  const vendor::VerifyOptions options{.since_day = read_day("--since", flags.since),
                                      .until_day = read_day("--until", flags.until),
                                      .now = now,
                                      .report = [&](const char* phase, std::int64_t done, std::int64_t requests) {
                                        interruptible.check();
                                        progress.update(done, 0, std::to_string(requests) + " requests, " + phase);
                                      }};
  vendor::VerifyReport report;
  if (flags.against.empty()) {
    auto client_options = require_client_options(flags.vendor);
    client_options.may_go_on = until_interrupted(interruptible);
    client_options.limiter->share_beside(flags.archive.db);
    vendor::Client client(std::move(client_options));
    report = interruptibly(interruptible, [&] { return vendor::verify(archive, client, options); });
  } else {
    std::ifstream file(flags.against, std::ios::binary);
    if (flags.against != "-" && !file) throw UsageError("cannot read " + flags.against);
    report = vendor::verify_against(archive, flags.against == "-" ? std::cin : file, options);
  }
  progress.finish(std::to_string(report.compared) + " compared");
  Output out;
  if (flags.json) out.json_line(vendor::report_as_json(report));
  else out.write(vendor::report_as_text(report));
  out.flush();
  return report.is_complete() ? 0 : kNotComplete;
}

}  // namespace

Run add_backfill(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("backfill", "Fetch from the vendor what the archive does not have");
  add_archive_flags(*command, flags->archive);
  add_vendor_flags(*command, flags->vendor);
  command->add_option("--since", flags->since, "Only days from this one on; default: as far back as the vendor goes")
      ->configurable(false);
  command
      ->add_flag("--deep", flags->reads_all,
                 "Read every page, also of days whose counts agree: finds what has changed at the vendor")
      ->configurable(false);
  command->add_option("--v1", flags->v1, "Use version 1 of the vendor's API, too: auto (where version 2 is refused)")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->configurable(false);
  command->footer(
      "Example: callarchive backfill --db callarchive.db --vendor-key @/etc/callarchive/vendor-key\n"
      "Counts are compared first, and pages are read only where they differ. It may be interrupted and run again: it "
      "goes\n"
      "on where it was. While a service runs on the archive, the service does the work, with its own key.");
  return [flags] { return run_backfill(*flags); };
}

Run add_verify(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command =
      app.add_subcommand("verify", "Report exactly how the archive differs from the vendor, or from a list");
  add_archive_flag(*command, flags->archive);
  add_vendor_flags(*command, flags->vendor);
  command->add_option("--since", flags->since, "Only calls and texts from this day on")->configurable(false);
  command->add_option("--until", flags->until, "Only calls and texts before this day")->configurable(false);
  command
      ->add_option("--against", flags->against,
                   "Compare with this list instead of the vendor: one JSON object a line; - is standard input")
      ->configurable(false);
  command->add_flag("--json", flags->json, "Print the report as JSON")->configurable(false);
  command->footer(
      "Example: callarchive verify --db callarchive.db --vendor-key @/etc/callarchive/vendor-key --json\n"
      "Exits with 0 if nothing is missing on either side and nothing differs, as far as the key sees; with 1 "
      "otherwise.\n"
      "What the vendor deletes stays in the archive, and is listed as missing there. It may run beside the service.");
  return [flags] { return run_verify(*flags); };
}

}  // namespace callarchive::cli
