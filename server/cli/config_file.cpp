#include "server/cli/config_file.h"

#include "server/cli/options.h"
#include "storage/text/ascii.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>

namespace callarchive::cli {
namespace {

[[noreturn]] void refuse(const toml::source_region& where, const std::string& why) {
  throw UsageError("the config file, line " + std::to_string(where.begin.line) + ": " + why);
}

toml::table parse(std::istream& input) {
  try {
    return toml::parse(input);
  } catch (const toml::parse_error& error) {
    refuse(error.source(), std::string(error.description()));
  }
}

// A key with its value, in the table of a command or of none.
struct Setting {
  CLI::ConfigItem item;
  toml::source_region where;
};

std::string text_of(const toml::node& node, const std::string& name) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, number->get()).ptr};
  }
  refuse(node.source(), "'" + name + "': expected a number, true, false, text in quotes, or a list of them");
}

const CLI::App* find_command(const CLI::App& app, const std::vector<std::string>& path) {
  const CLI::App* command = &app;
  for (const auto& name : path) {
    const auto found = command->get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
    if (found.empty()) return nullptr;
    command = found.front();
  }
  return command;
}

// The settings of a table and of those in it, each of which must be named after a command.
void collect(const CLI::App& app, const toml::table& table, const std::vector<std::string>& path,
             std::vector<Setting>& settings) {
  for (const auto& [key, node] : table) {
    CLI::ConfigItem item;
    item.parents = path;
    item.name = std::string(key.str());
    if (const auto* below = node.as_table(); below && !below->is_inline()) {
      item.parents.push_back(item.name);
      if (!find_command(app, item.parents)) {
        refuse(key.source(), "unknown command '" + ascii::join(item.parents, " ") + "'");
      }
      collect(app, *below, item.parents, settings);
      continue;
    }
    if (const auto* list = node.as_array()) {
      for (const auto& value : *list) item.inputs.push_back(text_of(value, item.name));
    } else {
      item.inputs = {text_of(node, item.name)};
    }
    settings.push_back({std::move(item), key.source()});
  }
}

bool has_setting(const CLI::App& command, const std::string& name) {
  const auto* option = command.get_option_no_throw("--" + name);
  return option && option->get_configurable();
}

// The item once for every command that has such an option.
void spread(const CLI::App& app, CLI::ConfigItem item, std::vector<CLI::ConfigItem>& items) {
  if (has_setting(app, item.name)) items.push_back(item);
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    CLI::ConfigItem below = item;
    below.parents.push_back(command->get_name());
    spread(*command, std::move(below), items);
  }
}

// Whether something that goes before the item has been set: the option itself in the environment, or its rival on the
// command line, in the environment, or in the command's own table.
bool is_decided(const CLI::App& app, const CLI::ConfigItem& item, const std::vector<CLI::ConfigItem>& own) {
  const auto* command = find_command(app, item.parents);
  if (is_in_environment(*command->get_option_no_throw("--" + item.name))) return true;
  const auto rival = rival_of(item.name);
  const auto* option = command->get_option_no_throw("--" + rival);
  if (option == nullptr) return false;
  return option->count() > 0 || is_in_environment(*option) ||
         std::any_of(own.begin(), own.end(),
                     [&](const CLI::ConfigItem& one) { return one.parents == item.parents && one.name == rival; });
}

}  // namespace

std::vector<CLI::ConfigItem> ConfigFile::from_config(std::istream& input) const {
  std::vector<Setting> settings;
  collect(app_, parse(input), {}, settings);
  std::stable_sort(settings.begin(), settings.end(), [](const Setting& a, const Setting& b) {
    return a.where.begin.line < b.where.begin.line;  // the first mistake of the file is the one to name
  });
  std::vector<CLI::ConfigItem> of_one, of_all;  // CLI11 keeps the first value that it meets
  for (auto& [item, where] : settings) {
    if (item.parents.empty()) {
      const auto before = of_all.size();
      spread(app_, item, of_all);
      if (of_all.size() == before) refuse(where, "no command has an option '" + item.name + "'");
    } else {
      if (!has_setting(*find_command(app_, item.parents), item.name)) {
        refuse(where, "[" + ascii::join(item.parents, ".") + "] has no option '" + item.name + "'");
      }
      of_one.push_back(std::move(item));
    }
  }
  std::erase_if(of_all, [&](const auto& item) { return is_decided(app_, item, of_one); });
  std::erase_if(of_one, [&](const auto& item) { return is_decided(app_, item, {}); });
  of_one.insert(of_one.end(), std::make_move_iterator(of_all.begin()), std::make_move_iterator(of_all.end()));
  return of_one;
}

}  // namespace callarchive::cli
