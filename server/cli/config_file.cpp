#include "server/cli/config_file.h"

#include "server/cli/options.h"

#include <algorithm>
#include <set>
#include <utility>

namespace callarchive::cli {
namespace {

[[noreturn]] void refuse(std::size_t line, const std::string& why) {
  throw UsageError("the config file, line " + std::to_string(line) + ": " + why);
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Reads line by line; an array may go on over several.
class Reader {
 public:
  explicit Reader(std::istream& input) : input_(input) {}

  // Goes to the next line that says something.
  bool next_line() {
    while (std::getline(input_, text_)) {
      ++line_;
      at_ = line_ == 1 && text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // a byte order mark
      skip_blanks();
      if (!at_end()) return true;
    }
    return false;
  }

  std::size_t line() const { return line_; }
  bool take(char c) {
    skip_blanks();
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) refuse(line_, std::string("expected '") + c + "'");
  }
  void expect_end() {
    skip_blanks();
    if (!at_end()) refuse(line_, "did not expect '" + text_.substr(at_) + "'");
  }

  std::string key() {
    skip_blanks();
    if (!at_end() && (text_[at_] == '"' || text_[at_] == '\'')) return quoted();
    const auto begin = at_;
    while (at_ < text_.size() && is_key_character(text_[at_])) ++at_;
    if (begin == at_) refuse(line_, "expected a name");
    return text_.substr(begin, at_ - begin);
  }

  std::vector<std::string> keys() {
    std::vector<std::string> all = {key()};
    while (take('.')) all.push_back(key());
    return all;
  }

  std::vector<std::string> values() {
    if (!take('[')) return {value()};
    std::vector<std::string> all;
    while (skip_to_text(), !take(']')) {
      all.push_back(value());
      skip_to_text();
      if (take(']')) break;
      expect(',');
    }
    return all;
  }

 private:
  bool at_end() const { return at_ >= text_.size() || text_[at_] == '#'; }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  void skip_to_text() {
    skip_blanks();
    if (at_end() && !next_line()) refuse(line_, "the array has no end");
  }

  std::string value() {
    skip_blanks();
    if (at_end()) refuse(line_, "expected a value");
    if (text_[at_] == '"' || text_[at_] == '\'') return quoted();
    const auto begin = at_;
    while (at_ < text_.size() && (is_key_character(text_[at_]) || text_[at_] == '.' || text_[at_] == '+')) ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    double number = 0;
    if (word != "true" && word != "false" && !CLI::detail::lexical_cast(word, number)) {
      refuse(line_, "expected a number, true, false, or text in quotes");
    }
    return word;
  }

  std::string quoted() {
    const char quote = text_[at_++];
    std::string text;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == quote) {
        ++at_;
        return text;
      }
      if (c == '\\' && quote == '"') {
        static constexpr std::string_view kNames = "\"\\ntr", kMeanings = "\"\\\n\t\r";
        const auto escape = ++at_ < text_.size() ? kNames.find(text_[at_]) : std::string_view::npos;
        if (escape == std::string_view::npos) refuse(line_, "an escape other than \\\" \\\\ \\n \\t \\r");
        c = kMeanings[escape];
      }
      text += c;
    }
    refuse(line_, "the text has no closing quote");
  }

  std::istream& input_;
  std::string text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
};

bool has_setting(const CLI::App& command, const std::string& name) {
  const auto* option = command.get_option_no_throw("--" + name);
  return option && option->get_configurable();
}

const CLI::App* find_command(const CLI::App& app, const std::vector<std::string>& path) {
  const CLI::App* command = &app;
  for (const auto& name : path) {
    const auto found = command->get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
    if (found.empty()) return nullptr;
    command = found.front();
  }
  return command;
}

// The item once for every command that has such an option.
void spread(const CLI::App& app, CLI::ConfigItem item, std::vector<CLI::ConfigItem>& items) {
  if (has_setting(app, item.name)) items.push_back(item);
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    CLI::ConfigItem below = item;
    below.parents.push_back(command->get_name());
    spread(*command, std::move(below), items);
  }
}

// Did the command line, the environment, or the command's own table say something that stands in the item's place?
bool is_decided(const CLI::App& app, const CLI::ConfigItem& item, const std::vector<CLI::ConfigItem>& own) {
  const auto rival = rival_of(item.name);
  const auto* option = find_command(app, item.parents)->get_option_no_throw("--" + rival);
  if (option == nullptr) return false;
  return option->count() > 0 || std::any_of(own.begin(), own.end(), [&](const CLI::ConfigItem& one) {
           return one.parents == item.parents && one.name == rival;
         });
}

}  // namespace

std::vector<CLI::ConfigItem> ConfigFile::from_config(std::istream& input) const {
  std::vector<CLI::ConfigItem> of_one, of_all;  // CLI11 keeps the first value that it meets
  std::vector<std::string> table;
  std::set<std::pair<std::vector<std::string>, std::string>> known;
  for (Reader reader(input); reader.next_line(); reader.expect_end()) {
    if (reader.take('[')) {
      table = reader.keys();
      reader.expect(']');
      if (!find_command(app_, table))
        refuse(reader.line(), "there is no command '" + CLI::detail::join(table, " ") + "'");
      continue;
    }
    const auto line = reader.line();
    CLI::ConfigItem item;
    item.parents = table;
    item.name = reader.key();
    if (!known.emplace(table, item.name).second) refuse(line, "'" + item.name + "' stands there twice");
    reader.expect('=');
    item.inputs = reader.values();
    if (table.empty()) {
      const auto before = of_all.size();
      spread(app_, item, of_all);
      if (of_all.size() == before) refuse(line, "no command has an option '" + item.name + "'");
    } else {
      if (!has_setting(*find_command(app_, table), item.name)) {
        refuse(line, "[" + CLI::detail::join(table, ".") + "] has no option '" + item.name + "'");
      }
      of_one.push_back(std::move(item));
    }
  }
  std::erase_if(of_all, [&](const auto& item) { return is_decided(app_, item, of_one); });
  std::erase_if(of_one, [&](const auto& item) { return is_decided(app_, item, {}); });
  of_one.insert(of_one.end(), std::make_move_iterator(of_all.begin()), std::make_move_iterator(of_all.end()));
  return of_one;
}

}  // namespace callarchive::cli
