#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/generate/command.h"

#include <algorithm>
#include <iostream>
#include <map>

#include <sys/stat.h>

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

int run(std::vector<std::string> arguments) {
  using namespace callarchive::cli;
  CLI::App app("An archive of a phone line: keeps every webhook of calls, messages and contacts, and answers questions.",
               "callarchive");
  app.set_version_flag("--version", std::string("callarchive ") + CALLARCHIVE_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_config("--config", "", "A TOML file with options: a [serve] table with listen = \"…\" and so on");
  std::map<std::string, Run> commands;
  commands["serve"] = add_serve(app);
  commands["import"] = add_import(app);
  commands["rebuild"] = add_rebuild(app);
  commands["migrate"] = add_migrate(app);
  commands["dump"] = add_dump(app);
  commands["generate"] = add_generate(app);
  try {
    arguments = with_environment(app, std::move(arguments));
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants it
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUse;
  }
  return commands.at(app.get_subcommands().front()->get_name())();
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);  // what people say on the telephone is for nobody else on this machine
  try {
    return run({argv + 1, argv + argc});
  } catch (const callarchive::cli::UsageError& error) {
    std::cerr << "callarchive: " << error.what() << '\n';
    return kWrongUse;
  } catch (const std::exception& error) {
    std::cerr << "callarchive: " << error.what() << '\n';
    return kFailed;
  }
}
