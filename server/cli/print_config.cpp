#include "server/cli/serve_flags.h"

#include <sstream>

namespace callarchive::cli {
namespace {

bool is_secret(const std::string& name) {
  return name == "webhook-secret" || name == "webhook-token" || name == "vendor-key";
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// The name of a file is not secret.
std::string shown(const std::string& name, const std::string& value) {
  return quoted(is_secret(name) && !value.empty() && !value.starts_with('@') ? "(hidden)" : value);
}

std::string list(const std::string& name, const std::vector<std::string>& values) {
  std::string out = "[";
  for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + shown(name, value);
  return out + "]";
}

std::string value_of(const CLI::Option& option) {
  const auto value = option.count() > 0 ? option.results().back() : option.get_default_str();
  if (option.get_type_name() != "BOOLEAN") return value;
  return value == "1" || value == "true" ? "true" : "false";
}

}  // namespace

std::string print_config(const CLI::App& command) {
  std::ostringstream out;
  out << '[' << command.get_name() << "]\n";
  for (const auto* option : command.get_options()) {
    if (option->get_lnames().empty() || option->get_items_expected_max() == 0) continue;  // help and other switches
    const auto& name = option->get_lnames().front();
    if (option->get_items_expected_max() == 1) {
      out << name << " = " << shown(name, value_of(*option)) << '\n';
    } else {
      // CLI11 does not read empty lists, so one is written as a comment.
      out << (option->count() > 0 ? "" : "#") << name << " = " << list(name, option->results()) << '\n';
    }
  }
  return out.str();
}

}  // namespace callarchive::cli
