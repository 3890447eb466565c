#pragma once

#include <CLI/CLI.hpp>

#include <istream>
#include <string>
#include <vector>

namespace callarchive::cli {

// The file of --config, in TOML (toml.io, 1.0).
//
//   db = "/var/lib/callarchive/callarchive.db"   # of every command that has --db
//   [serve]
//   listen = "127.0.0.1:8080"
//   [token.new]                                  # a command below a command
//   scope = "read"
//
// A key in a command's own table goes before one of all commands. CLI11's own reader ends values at a '#' in quotes.
class ConfigFile : public CLI::Config {
 public:
  explicit ConfigFile(const CLI::App& app) : app_(app) {}

  // Leaves out what the environment sets, which CLI11 reads after the file. Throws UsageError, naming the line, for
  // what is not TOML and for keys that no command has.
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
  // Config files are written by people.
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

 private:
  const CLI::App& app_;
};

}  // namespace callarchive::cli
