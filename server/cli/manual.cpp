#include "server/cli/describe.h"

#include <algorithm>

// man(7): .TH title, .SH section, .SS subsection, .TP a tagged paragraph, \fB bold. A line that begins with a dot or an
// apostrophe would be a request, and a bare hyphen might be printed as another character.

namespace callarchive::cli {
namespace {

std::string roff(const std::string& text) {
  std::string safe;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') safe += "\\e";
    else if (c == '-') safe += "\\-";
    else safe += c;
    at_line_start = c == '\n';
  }
  return safe;
}

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }

void add_option(std::string& page, const CLI::Option& option) {
  std::string names;
  for (const auto& name : option.get_snames()) names += (names.empty() ? "" : ", ") + bold("-" + name);
  for (const auto& name : option.get_lnames()) names += (names.empty() ? "" : ", ") + bold("--" + name);
  if (names.empty()) names = "\\fI" + roff(option.get_single_name()) + "\\fR";
  const auto choices = choices_of(option);
  if (option.nonpositional() && takes_value(option)) {
    std::string value = choices.empty() ? "VALUE" : "";
    for (const auto& choice : choices) value += (value.empty() ? "" : "|") + choice;
    names += " \\fI" + roff(value) + "\\fR";
  }
  page += ".TP\n" + names + "\n" + roff(option.get_description());
  if (const auto value = option.get_default_str(); takes_value(option) && !value.empty() && value != "[]") {
    page += " (default: " + roff(value) + ")";
  }
  page += "\n";
}

void add_command(std::string& page, const CLI::App& command, const std::string& path) {
  page += ".SS " + bold(path) + "\n" + roff(command.get_description()) + "\n";
  const auto options = command.get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
  for (const auto* option : options) {
    if (option->get_single_name() != "help") add_option(page, *option);
  }
  if (const auto footer = command.get_footer(); !footer.empty()) page += ".PP\n.nf\n" + roff(footer) + "\n.fi\n";
  for (const auto* below : visible_commands(command)) add_command(page, *below, path + " " + below->get_name());
}

}  // namespace

std::string manual_page(const CLI::App& app, const std::string& version) {
  std::string page = ".TH CALLARCHIVE 1 \"\" \"callarchive " + roff(version) + "\" \"User Commands\"\n";
  page += ".SH NAME\ncallarchive \\- an archive of a phone line\n.SH SYNOPSIS\n" + bold("callarchive") +
          " \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n" + roff(app.get_description()) + "\n";
  page +=
      ".PP\nThe value of an option is taken from the command line, else from the environment (CALLARCHIVE_DB for "
      "\\fB\\-\\-db\\fR), else from the TOML file of \\fB\\-\\-config\\fR: from the table named after the command, "
      "else "
      "from the keys before all tables. Filters can only be set on the command line.\n";
  page += ".SH OPTIONS\n";
  for (const auto* option : app.get_options()) add_option(page, *option);
  page += ".SH COMMANDS\n";
  for (const auto* command : visible_commands(app)) add_command(page, *command, command->get_name());
  page +=
      ".SH EXIT STATUS\n.TP\n.B 0\nDone.\n.TP\n.B 1\nFailed; the reason is on standard error.\n.TP\n.B 2\nWrong use.\n";
  page +=
      ".SH ENVIRONMENT\n.TP\n.B CALLARCHIVE_\\fIOPTION\\fR\nThe value of an option that is not on the command line.\n"
      ".TP\n.B COLUMNS\nThe width of tables; by default that of the terminal.\n"
      ".TP\n.B NO_COLOR\nIf set, no colors are used.\n";
  return page;
}

}  // namespace callarchive::cli
