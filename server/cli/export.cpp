#include "server/cli/ask.h"
#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"
#include "server/cli/whole_file.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace callarchive::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
  AskFlags ask;
  std::string format = "ndjson";
  std::string vcard_version = "4.0";
  std::string output;
};

// Something that exists and is opened for writing. Throws std::runtime_error.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)) {
    if (descriptor_ < 0) fail_to_write(path);
  }
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

void copy_answer(Transport& transport, const ApiRequest& request, bool is_json, int descriptor,
                 const Interruptible* interruptible) {
  Output output(descriptor);
  transport.get(request, [&](std::string_view piece) {
    if (is_json) output.json_data(piece);
    else output.data(piece);
    if (interruptible) interruptible->check();
  });
  output.flush();
}

ApiRequest request_of(const Flags& flags, const std::string& thing) {
  ApiRequest request = flags.ask.request("/v1/export/" + thing);
  request.parameters.emplace_back("format", flags.format);
  if (flags.ask.for_spreadsheet && flags.format != "csv") throw UsageError("--for-spreadsheet: only with --format csv");
  if (flags.ask.for_spreadsheet) request.parameters.emplace_back("for", "spreadsheet");
  if (flags.format == "csv" && !request.has("tz")) request.parameters.emplace_back("tz", flags.ask.tz);
  if (flags.vcard_version != "4.0") request.parameters.emplace_back("version", flags.vcard_version);
  request.arguments["version"] = "--vcard-version";
  return request;
}

int run_export(const Flags& flags, const std::string& thing) {
  const ApiRequest request = request_of(flags, thing);
  const auto transport = flags.ask.connect();
  const bool is_json = flags.format == "ndjson";
  if (flags.output.empty() || flags.output == "-") {
    copy_answer(*transport, request, is_json, STDOUT_FILENO, nullptr);
    return 0;
  }
  const Interruptible interruptible;
  // A device or a pipe cannot be replaced by a file of its name.
  if (std::error_code ignored; fs::exists(flags.output, ignored) && !fs::is_regular_file(flags.output, ignored)) {
    const OpenFile file(flags.output);
    copy_answer(*transport, request, is_json, file.descriptor(), &interruptible);
    return 0;
  }
  WholeFile file(flags.output);
  copy_answer(*transport, request, is_json, file.descriptor(), &interruptible);
  file.keep();
  return 0;
}

}  // namespace

Run add_export(CLI::App& app) {
  auto* command = app.add_subcommand("export", "Export all calls, messages, contacts or transcripts to a file");
  command->require_subcommand(1);
  const struct {
    const char* name;
    const char* about;
    const std::vector<Filter>& filters;
    std::vector<std::string> formats;
  } things[] = {
      {"calls", "All calls", kCallFilters, {"ndjson", "csv"}},
      {"messages", "All messages", kMessageFilters, {"ndjson", "csv"}},
      {"contacts", "All contacts", kContactFilters, {"ndjson", "csv", "vcard"}},
      {"transcripts", "All entries of all transcripts, each with its call", kCallFilters, {"ndjson", "csv"}},
  };
  auto runs = std::make_shared<std::map<std::string, Run>>();
  for (const auto& thing : things) {
    auto flags = std::make_shared<Flags>();
    auto* one = command->add_subcommand(thing.name, thing.about);
    one->add_option("--format,-f", flags->format, "Format of the file")
        ->check(CLI::IsMember(thing.formats))
        ->capture_default_str();
    one->add_flag("--for-spreadsheet", flags->ask.for_spreadsheet, kForSpreadsheetHelp)->configurable(false);
    if (thing.name == std::string_view("contacts")) {
      one->add_option("--vcard-version", flags->vcard_version, "4.0 (RFC 6350), or 3.0 (RFC 2426) for older programs")
          ->check(CLI::IsMember({"3.0", "4.0"}))
          ->capture_default_str();
    }
    one->add_option("--output,-o", flags->output,
                    "File to write; it appears only when it is complete. Default: standard output")
        ->configurable(false);
    add_filters(*one, flags->ask, thing.filters);
    add_zone_flag(*one, flags->ask);
    add_source_flags(*one, flags->ask);
    one->footer("Example: callarchive export " + std::string(thing.name) + " --format csv -o " + thing.name +
                ".csv\n"
                "An NDJSON file begins with a manifest and ends with a count and a digest; without that line it is not "
                "complete.");
    (*runs)[thing.name] = [flags, name = std::string(thing.name)] { return run_export(*flags, name); };
  }
  command->footer("Example: callarchive export calls --since 2026-01-01 --format csv -o calls.csv");
  return [runs, command] { return runs->at(command->get_subcommands().front()->get_name())(); };
}

}  // namespace callarchive::cli
