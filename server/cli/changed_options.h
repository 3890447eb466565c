#pragma once

#include <functional>
#include <string>
#include <vector>

namespace callarchive::cli {

// Returns a function that says which options have changed since now, in the environment apart: it runs this program
// again, as it was called, with --print-config. To be called once at the start; what is returned may be called again
// and again. It throws std::runtime_error when the configuration is invalid by then, with what the program said.
std::function<std::vector<std::string>()> watch_options(const std::string& config_now);

}  // namespace callarchive::cli
