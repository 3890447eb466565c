#pragma once

#include "server/cli/commands.h"

namespace callarchive::cli {

// Adds `generate`, which writes invented webhook bodies to standard output.
Run add_generate(CLI::App& app);

}  // namespace callarchive::cli
