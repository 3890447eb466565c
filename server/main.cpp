#include "server/cli/commands.h"
#include "server/cli/config_file.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"
#include "server/cli/output.h"
#include "server/generate/command.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>

#include <sys/stat.h>

namespace {

using namespace callarchive::cli;

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

// Every command, as --help groups them.
const struct {
  const char* group;
  std::vector<Run (*)(CLI::App&)> add;
} kCommands[] = {
    {"Service", {add_serve, add_import, add_token, add_secret}},
    {"Questions",
     {add_calls, add_messages, add_contacts, add_numbers, add_timeline, add_search, add_stats, add_export}},
    {"Care of the archive", {add_backup, add_restore, add_doctor, add_rebuild, add_migrate, add_dump}},
    {"More", {add_openapi, add_generate}},
    {"", {add_completion, add_manual}},  // hidden
};

// Adds the exit codes to the help of each command.
void tell_exit_codes(CLI::App& app) {
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) {
    command->footer(command->get_footer() + "\nExit codes: 0 done, 1 failed, 2 wrong use.");
    tell_exit_codes(*command);
  }
}

// Ends by the signal, as the shell expects of a program that was interrupted.
[[noreturn]] void end_by(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);
}

// Help is an error of CLI11 too.
int report(const CLI::App& app, const CLI::ParseError& error) {
  if (app.exit(error) == 0) return 0;
  if (app.got_subcommand("search")) {
    std::cerr << "Words that begin with a hyphen stand behind --: callarchive search -- refund -invoice\n";
  }
  return kWrongUse;
}

int run(std::vector<std::string> arguments) {
  CLI::App app(
      "An archive of a phone line: keeps every webhook of calls, messages and contacts, and answers questions.",
      "callarchive");
  app.set_version_flag("--version", std::string("callarchive ") + CALLARCHIVE_VERSION);
  app.footer(
      "The manual page: callarchive man | man -l -\n"
      "Completion of commands and flags: callarchive completion bash (or zsh, fish); its help says where that goes");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_config("--config", "", "A TOML file with options, in a table for each command [CALLARCHIVE_CONFIG]");
  app.config_formatter(std::make_shared<ConfigFile>(app));
  std::map<std::string, Run> commands;
  for (const auto& [group, adders] : kCommands) {
    for (const auto add : adders) {
      Run command = add(app);
      auto* added = app.get_subcommands([](CLI::App*) { return true; }).back();
      added->group(group);
      commands[added->get_name()] = std::move(command);
    }
  }
  tell_exit_codes(app);
  try {
    arguments = with_environment(app, std::move(arguments));
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants it
    app.parse(std::move(arguments));
  } catch (const CLI::RequiredError& error) {
    const auto left = app.remaining(true);  // where no command was found, CLI11 does not say what it found instead
    if (left.empty() || !std::string_view(error.what()).starts_with("A subcommand")) return report(app, error);
    throw UsageError("'" + left.front() + "' is no command; --help lists those that there are");
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  return commands.at(app.get_subcommands().front()->get_name())();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk, which is told, not the end
  ::umask(077);                   // what people say on the telephone is for nobody else on this machine
  try {
    return run({argv + 1, argv + argc});
  } catch (const Interrupted& interrupted) {
    end_by(interrupted.signal);
  } catch (const BrokenPipe&) {
    end_by(SIGPIPE);
  } catch (const UsageError& error) {
    std::cerr << "callarchive: " << error.what() << '\n';
    return kWrongUse;
  } catch (const std::exception& error) {
    std::cerr << "callarchive: " << error.what() << '\n';
    return kFailed;
  }
}
