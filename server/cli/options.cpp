#include "server/cli/options.h"

#include "server/cli/progress.h"
#include "server/text/harmless.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <numeric>
#include <utility>

#include <unistd.h>

namespace callarchive::cli {

ArchiveOptions ArchiveFlags::options() const {
  ArchiveOptions options;
  options.path = db;
  options.default_region = default_region;
  options.redelivery_window = std::chrono::milliseconds(static_cast<std::int64_t>(redelivery_hours * 3600 * 1000));
  options.redelivery_grace = std::chrono::milliseconds(static_cast<std::int64_t>(redelivery_grace_seconds * 1000));
  options.queue_limit = queue_limit;
  options.batch_limit = batch_limit;
  options.readers = readers;
  options.query_timeout = std::chrono::milliseconds(query_timeout_ms);
  options.report_upgrade = [progress = std::shared_ptr<Progress>()](std::int64_t done, std::int64_t total) mutable {
    if (!progress) progress = std::make_shared<Progress>("upgrading the archive: deliveries read again:", total);
    progress->update(done, total);
    if (done == total)
      progress->finish("the archive was upgraded: " + std::to_string(total) + " deliveries read again");
  };
  return options;
}

CLI::Validator number_between(double least, double most) {
  const auto range = CLI::Range(least, most);
  const auto judge = [range](std::string& text) {
    double number = 0;
    const bool is_finite = CLI::detail::lexical_cast(text, number) && std::isfinite(number);
    return is_finite ? range(text) : text + " is not a number";
  };
  return {judge, range.get_description()};
}

void add_archive_flag(CLI::App& command, ArchiveFlags& flags) {
  add(command, "db", flags.db, "The archive: an SQLite file");
}

void add_archive_flags(CLI::App& command, ArchiveFlags& flags) {
  add_archive_flag(command, flags);
  add(command, "default-region", flags.default_region,
      "Country of numbers without a country code, such as FR or US; fixed when the archive is created");
  add(command, "redelivery-window", flags.redelivery_hours,
      "Hours within which identical bytes count as one delivery, for senders without a webhook-id")
      ->check(number_between(0, 87600));
  add(command, "redelivery-grace", flags.redelivery_grace_seconds,
      "Seconds after which a contact's state that arrives again after another one, without a webhook-id, is a change "
      "back")
      ->check(number_between(0, 315360000));
  add(command, "queue-limit", flags.queue_limit, "Deliveries that may wait for the writer; beyond that 503")
      ->check(CLI::Range(1, 1000000));
  add(command, "batch-limit", flags.batch_limit, "Deliveries that may share one commit")->check(CLI::Range(1, 100000));
  add(command, "readers", flags.readers, "Read-only connections")->check(CLI::Range(1, 256));
  add(command, "query-timeout", flags.query_timeout_ms, "Time limit of a query, in milliseconds")
      ->check(CLI::Range(1, 3600000));
}

std::string value_or_file(const std::string& flag, const std::string& value) {
  if (value.empty() || value[0] != '@') return value;
  const auto lines = values_or_files(flag, {value});
  if (lines.size() != 1)
    throw UsageError(flag + " " + value + ": expected one line, found " + std::to_string(lines.size()));
  return lines.front();
}

std::vector<std::string> values_or_files(const std::string& flag, const std::vector<std::string>& values) {
  std::vector<std::string> all;
  for (const auto& value : values) {
    const auto before = all.size();
    if (!value.starts_with('@')) {
      if (const auto text = CLI::detail::trim_copy(value); !text.empty()) all.push_back(text);
    } else {
      std::ifstream file(value.substr(1));
      if (!file) throw UsageError(flag + ": cannot read " + value.substr(1));
      for (std::string line; std::getline(file, line);) {
        // A byte-order mark would become part of the secret, and is invisible in most editors.
        for (const char* mark : {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"}) {
          if (line.starts_with(mark)) {
            throw UsageError(flag + " " + value + ": begins with a byte-order mark; save it as UTF-8 without one");
          }
        }
        CLI::detail::trim(line);
        if (!line.empty() && line[0] != '#') all.push_back(line);
      }
      if (file.bad()) throw UsageError(flag + ": cannot read " + value.substr(1));
    }
    // Setting a secret is meant to close the door; an empty one would leave it open.
    if (all.size() == before)
      throw UsageError(flag + (value.empty() ? ": the value" : " " + value + ":") + " is empty");
  }
  return all;
}

std::string environment_name(const std::string& option) {
  std::string name = "CALLARCHIVE_" + ascii::upper(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string rival_of(const std::string& option) {
  if (option == "db") return "server";
  return option == "server" ? "db" : "";
}

bool is_in_environment(const CLI::Option& option) {
  const auto name = option.get_envname();
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
  return value != nullptr && *value != '\0';
}

namespace {

std::vector<CLI::App*> commands_of(CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

bool is_given(const std::string& flag, const std::vector<std::string>& arguments) {
  return std::any_of(arguments.begin(), std::find(arguments.begin(), arguments.end(), "--"),
                     [&](const auto& argument) { return argument == flag || argument.starts_with(flag + "="); });
}

// Whether the option may be set by the environment and by the config file.
bool is_setting(const CLI::Option& option) { return option.get_configurable() && !option.get_lnames().empty(); }

void collect_variables(CLI::App& app, std::vector<std::string>& names) {
  for (const auto* option : app.get_options()) {
    if (is_setting(*option)) names.push_back(environment_name(option->get_lnames().front()));
  }
  for (auto* command : commands_of(app)) collect_variables(*command, names);
}

// The Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

// Lets CLI11 read the variables of a command once it is known to be the one that was called. An option whose rival is
// on the command line gets none.
void bind_environment(CLI::App& command, const std::vector<std::string>& arguments) {
  command.preparse_callback([&command, &arguments](std::size_t) {
    for (auto* option : command.get_options()) {
      if (!is_setting(*option)) continue;
      const auto& name = option->get_lnames().front();
      if (!is_given("--" + rival_of(name), arguments)) option->envname(environment_name(name));
    }
  });
  for (auto* below : commands_of(command)) bind_environment(*below, arguments);
}

}  // namespace

void read_environment(CLI::App& app, std::vector<std::string>& arguments) {
  const char* named = std::getenv(kConfigVariable);
  std::string file = named ? named : "";
  // Whoever may not read the default file goes without it.
  if (file.empty() && ::access(CALLARCHIVE_DEFAULT_CONFIG, R_OK) == 0) file = CALLARCHIVE_DEFAULT_CONFIG;
  if (!file.empty() && !is_given("--config", arguments)) arguments.insert(arguments.begin(), "--config=" + file);
  for (auto* command : commands_of(app)) bind_environment(*command, arguments);
}

void check_environment(CLI::App& app, const char* const* environment) {
  constexpr std::size_t kTypingMistake = 2;
  std::vector<std::string> names = {kConfigVariable};
  collect_variables(app, names);
  for (; *environment != nullptr; ++environment) {
    const std::string_view variable = *environment;
    const std::string name(variable.substr(0, variable.find('=')));
    const bool is_ours = name.starts_with("CALLARCHIVE_") && variable.size() > name.size() + 1;
    if (!is_ours || std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto nearest = *std::min_element(names.begin(), names.end(), [&](const auto& a, const auto& b) {
      return distance(name, a) < distance(name, b);
    });
    if (distance(name, nearest) <= kTypingMistake) {
      throw UsageError("the environment variable " + name + " is unknown; did you mean " + nearest + "?");
    }
    std::cerr << "callarchive: warning: the environment variable " << harmless(name) << " is unknown\n";
  }
}

}  // namespace callarchive::cli
