#include "server/cli/commands.h"
#include "server/cli/describe.h"
#include "server/cli/output.h"

#include "embedded/openapi.h"

#include <memory>

// Commands about the program itself.

namespace callarchive::cli {
namespace {

int print(std::string_view text) {
  Output output;
  output.write(text);
  output.flush();
  return 0;
}

}  // namespace

Run add_openapi(CLI::App& app) {
  auto* command = app.add_subcommand("openapi", "Print the description of the API (OpenAPI 3.1)");
  command->footer("Example: callarchive openapi > openapi.json");
  return [] { return print(embedded::openapi().front().content); };
}

Run add_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Print a script for shell completion");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example: callarchive completion bash > /etc/bash_completion.d/callarchive");
  return [shell, &app] { return print(completion_script(app, *shell)); };
}

Run add_manual(CLI::App& app) {
  auto* command = app.add_subcommand("man", "Print the manual page");
  command->footer("Example: callarchive man | man -l -");
  return [&app] { return print(manual_page(app, CALLARCHIVE_VERSION)); };
}

}  // namespace callarchive::cli
