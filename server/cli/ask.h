#pragma once

#include "server/cli/output.h"
#include "server/cli/transport.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

// What the commands that ask have in common: whom to ask, what for, and how to show it.

namespace callarchive::cli {

// A parameter of the API as a flag: --user-email for user_email. The API itself decides what it may be.
struct Filter {
  std::string parameter;
  std::string help;
  bool several = false;                   // the flag may be given again, or with a comma
  std::vector<std::string> choices = {};  // refused here already, and offered by shell completion
};
extern const std::vector<Filter> kCallFilters;
extern const std::vector<Filter> kMessageFilters;
extern const std::vector<Filter> kContactFilters;
extern const std::vector<Filter> kNumberFilters;
extern const std::vector<Filter> kTimeFilters;  // since, until

struct AskFlags {
  std::string db = "callarchive.db";
  int query_timeout_ms = 60'000;
  std::string server = {};
  std::string token = {};
  std::string ca_file = {};
  std::string tz = "UTC";
  bool json = false;
  bool csv = false;
  std::map<std::string, std::vector<std::string>> filters = {};  // by parameter; empty: not given
  std::int64_t limit = 50;
  bool all = false;
  bool count = false;

  std::unique_ptr<Transport> connect() const;
  // The path with every filter that was given, and tz where it matters.
  Question question(const std::string& path) const;
};

// Each adds its flags to a command; `flags` outlives it.
void add_source_flags(CLI::App& command, AskFlags& flags);  // --db, --server, …
void add_format_flags(CLI::App& command, AskFlags& flags);  // --json, --csv
void add_zone_flag(CLI::App& command, AskFlags& flags);     // --tz
void add_list_flags(CLI::App& command, AskFlags& flags);    // --limit, --all, --count
void add_filters(CLI::App& command, AskFlags& flags, const std::vector<Filter>& filters);

// Calls `show` with each page of a list, following its cursors, until there were --limit rows or all. Returns whether
// more rows would follow.
bool walk(Transport& transport, const Question& question, const AskFlags& flags,
          const std::function<void(const nlohmann::ordered_json& page)>& show);

// Tells a person at a terminal that there is more.
void hint_at_more(bool has_more, const Terminal& terminal);

// A member as text: "" for null or where there is none, numbers and JSON as they are written.
std::string text_of(const nlohmann::ordered_json& object, const char* member);

}  // namespace callarchive::cli
