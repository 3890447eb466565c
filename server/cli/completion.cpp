#include "server/cli/describe.h"

#include "storage/text/ascii.h"

#include <algorithm>
#include <functional>

// One word of the program's own command line is enough for completion: the path of commands typed so far decides which
// commands and flags may follow. Every shell's script is a table of these paths.

namespace callarchive::cli {
namespace {

// Of an option: "--limit", "-n".
std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> all;
  for (const auto& name : option.get_lnames()) all.push_back("--" + name);
  for (const auto& name : option.get_snames()) all.push_back("-" + name);
  return all;
}

std::vector<const CLI::Option*> flags_of(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->nonpositional() && !option->get_group().empty(); });
}

// In single quotes, as every one of the three shells reads it.
std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

using Visit = std::function<void(const std::string& path, const CLI::App& command)>;

// Every command with its path: "", "calls", "token new".
void for_each_command(const CLI::App& app, const std::string& path, const Visit& visit) {
  visit(path, app);
  for (const auto* command : visible_commands(app)) {
    for_each_command(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), visit);
  }
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : visible_commands(app)) names.push_back(command->get_name());
  return names;
}

std::string bash_script(const CLI::App& app) {
  std::string words, commands, values;
  for_each_command(app, "", [&](const std::string& path, const CLI::App& command) {
    std::vector<std::string> all = command_names(command);
    commands += "    " + quoted(path) + ") words=" + quoted(ascii::join(all, " ")) + " ;;\n";
    std::vector<std::string> flags;
    for (const auto* option : flags_of(command)) {
      const auto names = spellings(*option);
      flags.insert(flags.end(), names.begin(), names.end());
      if (!takes_value(*option)) continue;
      for (const auto& name : names) {
        const auto choices = choices_of(*option);
        const std::string action = takes_file(*option) ? "files=1" : "words=" + quoted(ascii::join(choices, " "));
        values += "    " + quoted(path + " " + name) + ") " + action + "; found=1 ;;\n";
      }
    }
    words += "    " + quoted(path) + ") words=" + quoted(ascii::join(flags, " ")) + " ;;\n";
  });
  return R"(# bash completion of callarchive; made by `callarchive completion bash`
_callarchive() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path= words= files= found= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " $(_callarchive_commands "$path") " in
    *" ${COMP_WORDS[i]} "*) path="${path:+$path }${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path $previous" in
)" + values +
         R"(  esac
  if [ -z "$found" ]; then
    case "$current" in
    -*)
      case "$path" in
)" + words +
         R"(      esac
      ;;
    *)
      words=$(_callarchive_commands "$path")
      [ -n "$words" ] || files=1
      ;;
    esac
  fi
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
_callarchive_commands() {
  local words=
  case "$1" in
)" + commands +
         R"(  esac
  printf '%s' "$words"
}
complete -F _callarchive callarchive
)";
}

// These characters have a meaning in the brackets and after the colons of _arguments.
std::string zsh_text(const std::string& text) {
  std::string safe;
  for (const char c : first_line(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string zsh_function(const std::string& path) {
  std::string name = "_callarchive" + (path.empty() ? "" : "_" + path);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

std::string zsh_script(const CLI::App& app) {
  std::string text = "#compdef callarchive\n# zsh completion of callarchive; made by `callarchive completion zsh`\n";
  for_each_command(app, "", [&](const std::string& path, const CLI::App& command) {
    text += "\n" + zsh_function(path) + "() {\n  _arguments -C -s";
    for (const auto* option : flags_of(command)) {
      for (const auto& name : spellings(*option)) {
        std::string spec = "*" + name + (takes_value(*option) ? (name.starts_with("--") ? "=" : "+") : "") + "[" +
                           zsh_text(option->get_description()) + "]";
        const auto choices = choices_of(*option);
        if (takes_value(*option)) {
          spec += takes_file(*option) ? ":file:_files"
                  : choices.empty()   ? ":value:"
                                      : ":value:(" + ascii::join(choices, " ") + ")";
        }
        text += " \\\n    " + quoted(spec);
      }
    }
    if (visible_commands(command).empty()) {
      text += " \\\n    '*:file:_files'\n}\n";
      return;
    }
    text +=
        " \\\n    '1:command:->command' \\\n    '*::argument:->argument'\n  case $state in\n  command)\n    local -a "
        "commands=(\n";
    for (const auto* below : visible_commands(command)) {
      text += "      " + quoted(below->get_name() + ":" + zsh_text(below->get_description())) + "\n";
    }
    text += "    )\n    _describe command commands\n    ;;\n  argument)\n    case $line[1] in\n";
    for (const auto* below : visible_commands(command)) {
      const auto name = below->get_name();
      text += "    " + name + ") " + zsh_function(path.empty() ? name : path + " " + name) + " ;;\n";
    }
    text += "    esac\n    ;;\n  esac\n}\n";
  });
  return text +
         "\nif [ \"$funcstack[1]\" = _callarchive ]; then _callarchive \"$@\"; else compdef _callarchive callarchive; "
         "fi\n";
}

std::string fish_script(const CLI::App& app) {
  std::string text =
      "# fish completion of callarchive; made by `callarchive completion fish`\ncomplete -c callarchive -f\n";
  for_each_command(app, "", [&](const std::string& path, const CLI::App& command) {
    std::string condition;
    for (const auto& word : CLI::detail::split(path, ' ')) {
      if (!word.empty()) condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
    }
    const auto below = command_names(command);
    const std::string none_yet = below.empty() ? "" : "not __fish_seen_subcommand_from " + ascii::join(below, " ");
    const auto when = [&](const std::string& more) {
      const std::string both = condition + (condition.empty() || more.empty() ? "" : "; and ") + more;
      return both.empty() ? std::string() : " -n " + quoted(both);
    };
    for (const auto* one : visible_commands(command)) {
      text += "complete -c callarchive" + when(none_yet) + " -a " + one->get_name() + " -d " +
              quoted(first_line(one->get_description())) + "\n";
    }
    for (const auto* option : flags_of(command)) {
      text += "complete -c callarchive" + when(none_yet);
      for (const auto& name : option->get_lnames()) text += " -l " + name;
      for (const auto& name : option->get_snames()) text += " -s " + name;
      const auto choices = choices_of(*option);
      if (takes_value(*option))
        text += takes_file(*option) ? " -r -F"
                : choices.empty()   ? " -x"
                                    : " -x -a " + quoted(ascii::join(choices, " "));
      text += " -d " + quoted(first_line(option->get_description())) + "\n";
    }
    const auto positionals = command.get_options([](const CLI::Option* option) { return option->get_positional(); });
    if (std::any_of(positionals.begin(), positionals.end(), [](const auto* option) { return takes_file(*option); })) {
      text += "complete -c callarchive" + when("") + " -F\n";
    }
  });
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  return shell == "bash" ? bash_script(app) : shell == "zsh" ? zsh_script(app) : fish_script(app);
}

}  // namespace callarchive::cli
