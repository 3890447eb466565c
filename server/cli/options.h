#pragma once

#include "storage/archive.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

// What the commands share in reading their options. Every option has a flag, an environment variable and a key in the
// file of --config; the first of these that is set is used.

namespace callarchive::cli {

// Wrong use: exit code 2, with what to do instead.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The options of every command that opens an archive.
struct ArchiveFlags {
  std::string db = "callarchive.db";
  std::string default_region = {};
  double redelivery_hours = 48;
  double redelivery_grace_seconds = 600;
  std::size_t queue_limit = 4096;
  std::size_t batch_limit = 512;
  std::size_t readers = 8;
  int query_timeout_ms = 1000;

  // With a report of upgrades on standard error.
  ArchiveOptions options() const;
};

// Options in this group of the help filter a query. Neither the environment nor the config file may do so: a result
// must not be short because of a setting made elsewhere.
constexpr const char* kFilterGroup = "Filters";

// Adds an option that may also come from the environment variable CALLARCHIVE_<NAME>, in capitals with _ for -.
template <typename T>
CLI::Option* add(CLI::App& command, const std::string& name, T& value, const std::string& help);

// A finite number of that range. CLI::Range accepts nan, which is neither less nor more.
CLI::Validator number_between(double least, double most);

void add_archive_flag(CLI::App& command, ArchiveFlags& flags);   // only --db
void add_archive_flags(CLI::App& command, ArchiveFlags& flags);  // --db and what the writer needs

// The value, or for "@path" the only line of that file. Throws UsageError, which names the flag.
std::string value_or_file(const std::string& flag, const std::string& value);
// The values, trimmed; "@path" stands for every line of that file that is not empty or a comment. Throws UsageError for
// a file that cannot be read, and for a value or a file that is empty.
std::vector<std::string> values_or_files(const std::string& flag, const std::vector<std::string>& values);

// The environment variable of an option: "db" → CALLARCHIVE_DB.
std::string environment_name(const std::string& option);

// The other one of two options that exclude each other, --db and --server: both say what to query. The one that is set
// nearer (command line, then environment, then config file) replaces the other. Empty if there is none.
std::string rival_of(const std::string& option);

// Whether the variable of the option is set and not empty.
bool is_in_environment(const CLI::Option& option);

// Names the config file for every command.
constexpr const char* kConfigVariable = "CALLARCHIVE_CONFIG";

// Makes the command that `arguments` name read the environment for options that may be set (get_configurable) and are
// not on the command line. An empty variable counts as none. Adds --config for CALLARCHIVE_CONFIG, or for
// the default file of the installed program if there is one that may be read. `arguments`
// must outlive the parsing.
void read_environment(CLI::App& app, std::vector<std::string>& arguments);

// Throws UsageError for a variable CALLARCHIVE_… that looks like a mistyped one, and warns on standard error of others
// that no option has. `environment` is a list of NAME=value, as environ(7).
void check_environment(CLI::App& app, const char* const* environment);

template <typename T>
CLI::Option* add(CLI::App& command, const std::string& name, T& value, const std::string& help) {
  return command.add_option("--" + name, value, help + " [" + environment_name(name) + "]")->capture_default_str();
}

}  // namespace callarchive::cli
