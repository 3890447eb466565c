#pragma once

#include <CLI/CLI.hpp>

#include <functional>

// The commands of the program. Each function adds one to the command line and returns what runs it, which
// returns the exit code: 0 done, 1 failed. Wrong use throws UsageError (2), failures any exception (1).

namespace callarchive::cli {

using Run = std::function<int()>;

Run add_serve(CLI::App& app);
Run add_import(CLI::App& app);
Run add_rebuild(CLI::App& app);
Run add_migrate(CLI::App& app);
Run add_dump(CLI::App& app);

}  // namespace callarchive::cli
