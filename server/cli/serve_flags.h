#pragma once

#include "server/cli/options.h"
#include "server/cli/recording_flags.h"
#include "server/http.h"
#include "server/serve.h"

#include <string>
#include <vector>

// The options of `callarchive serve`, and the settings that follow from them.

namespace callarchive::cli {

struct ServeFlags {
  ArchiveFlags archive;
  std::string listen = "127.0.0.1:8080";
  std::string ingest_listen;
  std::vector<std::string> webhook_secrets;
  std::vector<std::string> webhook_tokens;
  std::string tokens_file;
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> vendor_shape_hosts;
  std::vector<std::string> cors_origins;
  http::ServerOptions server;
  std::string recordings = "on";
  RecordingFlags recording;
  int reconcile_days = 7;
  double reconcile_gap_hours = 6;
  double failures_per_minute = 10;
  std::string log_format = "auto";
  std::string log_level = "info";
  bool check_config = false;
  bool print_config = false;
};

void add_serve_flags(CLI::App& command, ServeFlags& flags);

// The settings that the flags mean. Reads the files that they name, and finds everything that can be wrong without
// opening the archive. Throws UsageError, also when the addresses can be reached from other machines and what they
// serve is not protected.
ServeSettings read_settings(const ServeFlags& flags);

// Checks what only the start would find: whether the archive's folder and file can be written. Changes nothing.
// Throws UsageError.
void check_archive_path(const std::string& path);

// The options of a command with the values in effect, as a file for --config. Secrets are masked; @FILE is not.
std::string print_config(const CLI::App& command);

}  // namespace callarchive::cli
