#include "server/cli/describe.h"

#include <algorithm>
#include <array>

namespace callarchive::cli {

std::vector<const CLI::App*> visible_commands(const CLI::App& app) {
  auto commands = app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
  return commands;
}

std::vector<std::string> choices_of(const CLI::Option& option) {
  // IsMember shows its set in the type: "TEXT:{a,b,c}".
  const auto type = option.get_type_name();
  const auto begin = type.find('{');
  const auto end = type.find('}', begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

bool takes_file(const CLI::Option& option) {
  constexpr std::array<std::string_view, 10> kFiles = {"db",          "config", "output", "ca-file",     "token",
                                                       "tokens-file", "files",  "copy",   "destination", "log-file"};
  const auto& name = option.get_single_name();
  return std::find(kFiles.begin(), kFiles.end(), name) != kFiles.end();
}

}  // namespace callarchive::cli
