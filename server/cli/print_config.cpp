#include "server/cli/serve_flags.h"

#include <sstream>

namespace callarchive::cli {
namespace {

bool is_secret(const std::string& name) { return name == "webhook-secret" || name == "webhook-token"; }

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// The name of a file is no secret.
std::string shown(const std::string& name, const std::string& value) {
  return quoted(is_secret(name) && !value.starts_with('@') ? "(hidden)" : value);
}

std::string list(const std::string& name, const std::vector<std::string>& values) {
  std::string out = "[";
  for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + shown(name, value);
  return out + "]";
}

}  // namespace

std::string print_config(const CLI::App& command) {
  std::ostringstream out;
  out << '[' << command.get_name() << "]\n";
  for (const auto* option : command.get_options()) {
    if (option->get_lnames().empty() || option->get_items_expected_max() == 0) continue;  // help and other switches
    const auto& name = option->get_lnames().front();
    const bool is_list = option->get_items_expected_max() > 1;
    out << name << " = ";
    if (is_list) {
      out << list(name, option->results());
    } else {
      out << shown(name, option->count() > 0 ? option->results().back() : option->get_default_str());
    }
    out << '\n';
  }
  return out.str();
}

}  // namespace callarchive::cli
