#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

// Shell completion and the manual page. Both are made from the commands themselves, so they never go out of date.

namespace callarchive::cli {

// A script that completes commands, flags and their values; for "bash", "zsh" or "fish".
std::string completion_script(const CLI::App& app, const std::string& shell);

// The manual page, section 1, in the macros of man(7).
std::string manual_page(const CLI::App& app, const std::string& version);

// Commands that are not hidden, in the order they were added.
std::vector<const CLI::App*> visible_commands(const CLI::App& app);

// The values that an option accepts, if they are a closed set.
std::vector<std::string> choices_of(const CLI::Option& option);

// Whether a value follows the option, and whether it names a file.
bool takes_value(const CLI::Option& option);
bool takes_file(const CLI::Option& option);

}  // namespace callarchive::cli
