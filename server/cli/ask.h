#pragma once

#include "server/cli/output.h"
#include "server/cli/transport.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

// What the commands for queries have in common: where to send a query, its filters, and the format of the output.

namespace callarchive::cli {

// A parameter of the API as a flag: --user-email for user_email. The API itself checks the value.
struct Filter {
  std::string parameter;
  std::string help;
  bool several = false;                   // the flag may be repeated, or list values separated by commas
  std::vector<std::string> choices = {};  // checked here already, and offered by shell completion
};
extern const std::vector<Filter> kCallFilters;
extern const std::vector<Filter> kMessageFilters;
extern const std::vector<Filter> kContactFilters;
extern const std::vector<Filter> kNumberFilters;
extern const std::vector<Filter> kTimeFilters;  // since, until

constexpr const char* kForSpreadsheetHelp =
    "CSV to open in a spreadsheet: a byte order mark, times without their offset, and an apostrophe before text that "
    "would be taken for a formula";

struct AskFlags {
  std::string db = "callarchive.db";
  int query_timeout_ms = 60'000;
  std::string server = {};
  std::string token = {};
  std::string ca_file = {};
  std::string tz = "UTC";
  bool json = false;
  bool csv = false;
  bool for_spreadsheet = false;
  std::map<std::string, std::vector<std::string>> filters = {};  // by parameter; empty if it is not set
  std::int64_t limit = 50;
  bool all = false;
  bool count = false;

  std::unique_ptr<Transport> connect() const;
  // The path with every filter that is set, and with tz where it matters.
  ApiRequest request(const std::string& path) const;
};

// Each adds its flags to a command. `flags` must outlive it.
void add_source_flags(CLI::App& command, AskFlags& flags);  // --db, --server, …
void add_format_flags(CLI::App& command, AskFlags& flags);  // --json, --csv, --for-spreadsheet
void add_zone_flag(CLI::App& command, AskFlags& flags);     // --tz
void add_list_flags(CLI::App& command, AskFlags& flags);    // --limit, --all, --count
void add_filters(CLI::App& command, AskFlags& flags, const std::vector<Filter>& filters);

// Calls `show` with each page of a list, following its cursors, up to --limit rows or all of them. Returns whether more
// rows follow.
bool walk(Transport& transport, const ApiRequest& request, const AskFlags& flags,
          const std::function<void(const nlohmann::ordered_json& page)>& show);

// Tells a person at a terminal that more rows exist.
void hint_at_more(bool has_more, const Terminal& terminal);

// A member as text: "" if it is null or absent; anything but text as JSON.
std::string text_of(const nlohmann::ordered_json& object, const char* member);

}  // namespace callarchive::cli
