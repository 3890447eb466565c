#pragma once

#include "server/access/access.h"
#include "server/cli/address.h"
#include "server/cli/options.h"
#include "server/http.h"
#include "server/ingest/credentials.h"
#include "server/observe/log.h"

#include <optional>
#include <string>
#include <vector>

// What `callarchive serve` is told, and what follows from it.

namespace callarchive::cli {

struct ServeFlags {
  ArchiveFlags archive;
  std::string listen = "127.0.0.1:8080";
  std::string ingest_listen;
  std::vector<std::string> webhook_secrets;
  std::vector<std::string> webhook_tokens;
  std::string tokens_file;
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> cors_origins;
  http::ServerOptions server;
  double failures_per_minute = 10;
  std::string log_format = "auto";
  std::string log_level = "info";
  bool check_config = false;
  bool print_config = false;
};

void add_serve_flags(CLI::App& command, ServeFlags& flags);

// The flags, understood. Everything that can be wrong about them without opening the archive is found on the way.
struct ServePlan {
  Address listen;
  std::optional<Address> ingest_listen;  // where webhooks are received instead
  AccessOptions access;
  WebhookCredentials credentials;
  std::vector<std::string> cors_origins;  // as browsers write them
};

// Reads the files that the flags name. Throws UsageError, also when the addresses can be reached from other machines
// and what they serve is not protected.
ServePlan make_plan(const ServeFlags& flags);

// Looks at what only the start would find: whether the archive's folder and file can be written. Changes nothing.
// Throws UsageError.
void check_archive_path(const std::string& path);

// The options of a command with the values that count, as a file for --config. Secrets are masked; @FILE is not.
std::string print_config(const CLI::App& command);

LogFormat parse_log_format(const std::string& name);

}  // namespace callarchive::cli
