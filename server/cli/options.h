#pragma once

#include "storage/archive.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

// What the commands share in reading their options. Every option has a flag, an environment variable and a place
// in the file of --config; the first of them that is there counts.

namespace callarchive::cli {

// Wrong use: exit code 2, with what to do instead.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The options that name an archive, on every command that opens one.
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

// Options in this group of the help narrow a question. Neither the environment nor the config file may: an answer must
// not be short because of what was written elsewhere.
constexpr const char* kFilterGroup = "Filters";

// Adds an option that may also come from the environment variable CALLARCHIVE_<NAME>, in capitals with _ for -.
template <typename T>
CLI::Option* add(CLI::App& command, const std::string& name, T& value, const std::string& help);

// A number of that range, without nan, which CLI::Range lets through: it is neither less nor more.
CLI::Validator number_between(double least, double most);

void add_archive_flag(CLI::App& command, ArchiveFlags& flags);   // --db alone
void add_archive_flags(CLI::App& command, ArchiveFlags& flags);  // and what the writer needs

// "@path" stands for what the file says, without the line end. Throws UsageError, which names the flag.
std::string value_or_file(const std::string& flag, const std::string& value);
// Every line of a file that is not empty or a comment, or the value itself, without blanks around it. Throws UsageError
// for a file that cannot be read, and for a value or a file that says nothing.
std::vector<std::string> values_or_files(const std::string& flag, const std::vector<std::string>& values);

// The environment variable of an option: "db" → CALLARCHIVE_DB.
std::string environment_name(const std::string& option);

// Two options that answer the same question: what to ask, a file (db) or a server. One that was given takes the place
// of the other one further back: in the environment behind the command line, in the config file behind both. Empty
// without rival.
std::string rival_of(const std::string& option);

// The arguments with those settings added that the environment has and the command line has not, for the command that
// they name. CLI11 itself would let the config file win over the environment. An empty variable is none; what is asked
// for and how it is shown (options that are not configurable) comes from the command line alone.
std::vector<std::string> with_environment(const CLI::App& app, std::vector<std::string> arguments);

template <typename T>
CLI::Option* add(CLI::App& command, const std::string& name, T& value, const std::string& help) {
  return command.add_option("--" + name, value, help + " [" + environment_name(name) + "]")->capture_default_str();
}

}  // namespace callarchive::cli
