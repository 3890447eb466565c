#include "server/cli/commands.h"
#include "server/cli/config_file.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"
#include "server/cli/output.h"
#include "server/generate/command.h"
#include "server/memory.h"
#include "server/text/harmless.h"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace callarchive::cli;

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

// Every command, as --help groups them.
const struct {
  const char* group;
  std::vector<Run (*)(CLI::App&)> add;
} kCommands[] = {
    {"Service", {add_serve, add_import, add_backfill, add_token, add_secret, add_webhook}},
    {"Queries",
     {add_calls, add_messages, add_contacts, add_numbers, add_timeline, add_search, add_stats, add_export, add_follow,
      add_mcp}},
    {"Maintenance",
     {add_backup, add_restore, add_doctor, add_rebuild, add_salvage, add_merge, add_migrate, add_dump, add_recordings,
      add_verify}},
    {"Other", {add_openapi, add_generate}},
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

// CLI11 names the variable of an option in the left column; our help has it in the text.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text = CLI::Formatter::make_option_opts(option);
    if (const auto begin = text.find(" (Env:"); begin != std::string::npos) {
      text.erase(begin, text.find(')', begin) + 1 - begin);
    }
    return text;
  }
};

// A word where the name of a command was expected. CLI11 does not say what it found instead, and shows the help if
// --help follows.
void refuse_unknown_command(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
  const auto left = app.remaining(true);
  if (command->get_require_subcommand_min() == 0 || left.empty() || left.front().starts_with('-')) return;
  throw UsageError("unknown command '" + left.front() + "'; see --help");
}

// Help and version are errors of CLI11, too.
int report(const CLI::App& app, const CLI::ParseError& error) {
  refuse_unknown_command(app);
  std::ostringstream out, mistakes;
  const bool is_answered = app.exit(error, out, mistakes) == 0;
  Output output;
  output.write(out.str());
  output.flush();
  std::cerr << callarchive::harmless_lines(mistakes.str());
  if (is_answered) return 0;
  if (app.got_subcommand("search")) {
    std::cerr << "Put words that begin with a hyphen after --: callarchive search -- refund -invoice\n";
  }
  return kWrongUse;
}

int run(std::vector<std::string> arguments) {
  CLI::App app(
      "An archive of a phone line: it stores every webhook about calls, messages and contacts, and answers queries.",
      "callarchive");
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_version_flag("--version", std::string("callarchive ") + CALLARCHIVE_VERSION);
  app.footer(
      "The manual page: callarchive man | man -l -\n"
      "Shell completion: callarchive completion bash (or zsh, fish); its help says where to put it");
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
    read_environment(app, arguments);
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // as CLI11 wants it
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  check_environment(app, environ);
  const auto name = app.get_subcommands().front()->get_name();
  const int code = commands.at(name)();
  // A result that could not be shown is a failure, also where standard error has it. The log of the service is not one.
  return code == 0 && name != "serve" && std::ferror(stderr) != 0 ? kFailed : code;
}

}  // namespace

int main(int argc, char** argv) {
  callarchive::set_memory_policy();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is treated like a full disk
  ::umask(077);                   // no other user of this machine may read what was said on the telephone
  try {
    return run({argv + 1, argv + argc});
  } catch (const Interrupted& interrupted) {
    end_by(interrupted.signal);
  } catch (const BrokenPipe&) {
    end_by(SIGPIPE);
  } catch (const UsageError& error) {
    std::cerr << "callarchive: " << callarchive::harmless_lines(error.what()) << '\n';
    return kWrongUse;
  } catch (const std::exception& error) {
    std::cerr << "callarchive: " << callarchive::harmless_lines(error.what()) << '\n';
    return kFailed;
  }
}
