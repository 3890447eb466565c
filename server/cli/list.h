#pragma once

#include "server/cli/ask.h"
#include "server/cli/table.h"

#include <functional>
#include <string>
#include <vector>

namespace callarchive::cli {

// How the rows of a list look.
struct RowShape {
  std::vector<Column> columns;
  std::function<std::vector<std::string>(const nlohmann::ordered_json& row, const std::string& zone)> cells;
  // A row as CSV has it: the names of its fields, for the header, and the row; absent: as the API gives it.
  std::string sample;
  std::function<nlohmann::ordered_json(const nlohmann::ordered_json& row)> fields = {};
};

// Asks for a list and prints it as --json, --csv, --count or a table. Returns the exit code.
int print_list(const AskFlags& flags, const Question& question, const RowShape& shape);

// Asks for one thing and prints it as the API's JSON, as CSV of one row, or by `show`.
int print_one(const AskFlags& flags, const Question& question, const std::string& sample,
              const std::function<void(Output&, const Terminal&, const nlohmann::ordered_json&)>& show);

// Prints rows as CSV: begin() with the header first. For every command, so that all CSV is alike.
class CsvRows {
 public:
  CsvRows(Output& output, const std::string& sample);
  ~CsvRows();
  void add(const nlohmann::ordered_json& row);

 private:
  class Format;
  Output& output_;
  std::unique_ptr<Format> format_;
};

RowShape call_shape();
RowShape message_shape();
RowShape contact_shape();
RowShape number_shape();

// A contact's first and last name.
std::string full_name(const nlohmann::ordered_json& contact);
// Who was at the other end of a call or message: the name and the number.
std::string other_party(const nlohmann::ordered_json& item);

}  // namespace callarchive::cli
