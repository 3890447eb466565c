#include "server/cli/commands.h"
#include "server/cli/list.h"
#include "server/cli/options.h"
#include "server/cli/record.h"
#include "server/http/url.h"

#include <nlohmann/json.hpp>

#include <memory>

// The commands calls, messages, contacts and numbers: a list, or one of its rows by id.

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Flags {
  AskFlags ask;
  std::string id;
  bool chain = false;
};

// A command with everything that lists share; the positional argument names one row.
CLI::App* add_list_command(CLI::App& app, Flags& flags, const std::string& name, const std::string& about,
                           const std::string& argument, const std::vector<Filter>& filters) {
  auto* command = app.add_subcommand(name, about);
  command->add_option(argument, flags.id, "Show only this one")->configurable(false);
  add_filters(*command, flags.ask, filters);
  add_list_flags(*command, flags.ask);
  add_format_flags(*command, flags.ask);
  add_zone_flag(*command, flags.ask);
  add_source_flags(*command, flags.ask);
  return command;
}

// Filters are for lists: the API refuses them with an id.
ApiRequest one_of(const Flags& flags, const std::string& path, const std::string& below = "") {
  if (flags.ask.count || flags.ask.all) throw UsageError("--all and --count are for lists, not for " + flags.id);
  return flags.ask.request(path + "/" + http::percent_encode(flags.id) + below);
}

void show_call(Output& output, const Terminal& terminal, Json call, const std::string& zone) {
  const Json transcript = call.value("transcript", Json::array());
  for (const char* shown_below : {"transcript", "concatenated_transcript", "transcript_entry_count"})
    call.erase(shown_below);
  show_record(output, terminal, call, zone);
  if (transcript.empty()) return;
  output.line("");
  show_transcript(output, terminal, transcript, zone);
}

int run_calls(const Flags& flags) {
  if (flags.chain && flags.id.empty()) throw UsageError("--chain needs the id of a call");
  if (flags.chain) {
    const auto path = "/v1/calls/" + http::percent_encode(flags.id) + "/chain";
    return print_list(flags.ask, flags.ask.request(path), call_shape());
  }
  if (flags.id.empty()) return print_list(flags.ask, flags.ask.request("/v1/calls"), call_shape());
  ApiRequest request = one_of(flags, "/v1/calls");
  request.parameters.emplace_back("include", "transcript");
  return print_one(flags.ask, request, call_shape().csv_columns,
                   [&](Output& output, const Terminal& terminal, const Json& call) {
                     show_call(output, terminal, call, flags.ask.tz);
                   });
}

// A list, or the members of one row.
int run_plain(const Flags& flags, const std::string& path, const RowShape& shape) {
  if (flags.id.empty()) return print_list(flags.ask, flags.ask.request(path), shape);
  return print_one(flags.ask, one_of(flags, path), shape.csv_columns,
                   [&](Output& output, const Terminal& terminal, const Json& record) {
                     show_record(output, terminal, record, flags.ask.tz);
                   });
}

}  // namespace

Run add_calls(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = add_list_command(app, *flags, "calls", "List calls, newest first, or show one with its transcript",
                                   "id", kCallFilters);
  command->add_flag("--chain", flags->chain, "With an id, list all calls of its transfer chain");
  command->footer(
      "Examples: callarchive calls --number 0612345678 --since 2026-03-01 --has transcript\n"
      "          callarchive calls cll_8fK2mQ7vT1xZ4nB6wR3y");
  return [flags] { return run_calls(*flags); };
}

Run add_messages(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command =
      add_list_command(app, *flags, "messages", "List messages, newest first, or show one", "id", kMessageFilters);
  command->footer("Example: callarchive messages --direction INBOUND --q invoice --json");
  return [flags] { return run_plain(*flags, "/v1/messages", message_shape()); };
}

Run add_contacts(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = add_list_command(app, *flags, "contacts", "List the contacts, or show one", "id", kContactFilters);
  command->footer(
      "Examples: callarchive contacts --company lumière\n          callarchive contacts --all --csv > contacts.csv");
  return [flags] { return run_plain(*flags, "/v1/contacts", contact_shape()); };
}

Run add_numbers(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command =
      add_list_command(app, *flags, "numbers", "List the known numbers, or show one", "which", kNumberFilters);
  command->footer("Examples: callarchive numbers --country FR\n          callarchive numbers 0612345678");
  return [flags] { return run_plain(*flags, "/v1/numbers", number_shape()); };
}

}  // namespace callarchive::cli
