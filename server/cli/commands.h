#pragma once

#include <CLI/CLI.hpp>

#include <functional>

// The commands of the program. Each function adds one to the command line and returns a function that runs it
// and returns the exit code: 0 done, 1 failed. It throws UsageError for wrong use (2), and any other exception for a
// failure (1).

namespace callarchive::cli {

using Run = std::function<int()>;

Run add_serve(CLI::App& app);
Run add_import(CLI::App& app);
Run add_rebuild(CLI::App& app);
Run add_migrate(CLI::App& app);
Run add_dump(CLI::App& app);

// Queries to a file or a server.
Run add_calls(CLI::App& app);
Run add_messages(CLI::App& app);
Run add_contacts(CLI::App& app);
Run add_numbers(CLI::App& app);
Run add_timeline(CLI::App& app);
Run add_search(CLI::App& app);
Run add_stats(CLI::App& app);
Run add_export(CLI::App& app);
Run add_mcp(CLI::App& app);
Run add_follow(CLI::App& app);

// Maintenance.
Run add_backup(CLI::App& app);
Run add_restore(CLI::App& app);
Run add_doctor(CLI::App& app);
Run add_salvage(CLI::App& app);
Run add_merge(CLI::App& app);
Run add_recordings(CLI::App& app);
Run add_backfill(CLI::App& app);
Run add_verify(CLI::App& app);
Run add_webhook(CLI::App& app);
Run add_token(CLI::App& app);
Run add_secret(CLI::App& app);

// About the program.
Run add_openapi(CLI::App& app);
Run add_completion(CLI::App& app);  // hidden
Run add_manual(CLI::App& app);      // hidden

}  // namespace callarchive::cli
