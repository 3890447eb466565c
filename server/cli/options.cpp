#include "server/cli/options.h"

#include "server/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>

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
    return is_finite ? range(text) : text + " is no number";
  };
  return {judge, range.get_description()};
}

void add_archive_flag(CLI::App& command, ArchiveFlags& flags) {
  add(command, "db", flags.db, "The archive: an SQLite file");
}

void add_archive_flags(CLI::App& command, ArchiveFlags& flags) {
  add_archive_flag(command, flags);
  add(command, "default-region", flags.default_region,
      "Country of numbers without a country code, as FR or US; an archive keeps the one it began with");
  add(command, "redelivery-window", flags.redelivery_hours,
      "Hours in which the same bytes again are the same delivery, for senders without a webhook-id")
      ->check(number_between(0, 87600));
  add(command, "redelivery-grace", flags.redelivery_grace_seconds,
      "Seconds after which a contact's state that comes again after another one, without a webhook-id, is a change "
      "back "
      "rather than a redelivery")
      ->check(number_between(0, 315360000));
  add(command, "queue-limit", flags.queue_limit, "Deliveries that may wait for the writer; past it 503")
      ->check(CLI::Range(1, 1000000));
  add(command, "batch-limit", flags.batch_limit, "Deliveries that may share one commit")->check(CLI::Range(1, 100000));
  add(command, "readers", flags.readers, "Read-only connections")->check(CLI::Range(1, 256));
  add(command, "query-timeout", flags.query_timeout_ms, "Milliseconds that a question may take")
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
        // Part of the secret for whoever reads the file, and invisible in most editors.
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
    // Whoever sets a secret wants a lock; none at all would leave the door open.
    if (all.size() == before)
      throw UsageError(flag + (value.empty() ? ": the value" : " " + value + ":") + " is empty");
  }
  return all;
}

std::string environment_name(const std::string& option) {
  std::string name = "CALLARCHIVE_" + option;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

std::string rival_of(const std::string& option) {
  if (option == "db") return "server";
  return option == "server" ? "db" : "";
}

namespace {

bool is_given(const CLI::Option& option, const std::vector<std::string>& arguments) {
  return std::any_of(arguments.begin(), std::find(arguments.begin(), arguments.end(), "--"), [&](const auto& argument) {
    const auto& longs = option.get_lnames();
    const auto& shorts = option.get_snames();
    const auto is_long = [&](const auto& name) {
      return argument == "--" + name || argument.starts_with("--" + name + "=");
    };
    return std::any_of(longs.begin(), longs.end(), is_long) ||
           std::any_of(shorts.begin(), shorts.end(),
                       [&](const auto& name) { return argument.starts_with("-" + name); });
  });
}

// Is it, or what stands in its place, among the arguments of the command?
bool is_decided(const CLI::App& command, const CLI::Option& option, const std::vector<std::string>& arguments) {
  const auto* rival = command.get_option_no_throw("--" + rival_of(option.get_lnames().front()));
  return is_given(option, arguments) || (rival != nullptr && is_given(*rival, arguments));
}

// The options of a command that the environment sets and the arguments do not, as arguments.
std::vector<std::string> from_environment(const CLI::App& command, const std::vector<std::string>& arguments) {
  std::vector<std::string> extra;
  for (const auto* option : command.get_options()) {
    if (option->get_lnames().empty() || is_decided(command, *option, arguments)) continue;
    const auto& name = option->get_lnames().front();
    const bool is_setting = option->get_configurable() || name == "config";
    const char* value = is_setting ? std::getenv(environment_name(name).c_str()) : nullptr;
    if (value != nullptr && *value != '\0') extra.push_back("--" + name + "=" + value);
  }
  return extra;
}

}  // namespace

std::vector<std::string> with_environment(const CLI::App& app, std::vector<std::string> arguments) {
  // The command, and how far the arguments have been read to find it.
  const CLI::App* command = &app;
  std::size_t behind = 0;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const auto& argument = arguments[i];
    if (argument.starts_with("-")) {
      const auto* option = command->get_option_no_throw(argument);  // none for --name=value
      if (option == nullptr) option = app.get_option_no_throw(argument);
      if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value
      continue;
    }
    const auto found = command->get_subcommands([&](const CLI::App* one) { return one->get_name() == argument; });
    if (found.empty()) break;
    command = found.front();
    behind = i + 1;
  }
  auto extra = from_environment(*command, arguments);
  const auto global = command == &app ? std::vector<std::string>() : from_environment(app, arguments);
  extra.insert(extra.end(), global.begin(), global.end());
  // Directly behind the command, so that positional arguments stay last.
  arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(behind), extra.begin(), extra.end());
  return arguments;
}

}  // namespace callarchive::cli
