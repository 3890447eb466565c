#pragma once

#include "server/api/csv.h"
#include "server/cli/ask.h"
#include "server/cli/table.h"

#include <functional>
#include <string>
#include <vector>

namespace callarchive::cli {

// How the rows of a list are printed.
struct RowShape {
  std::vector<Column> columns;
  std::function<std::vector<std::string>(const nlohmann::ordered_json& row, const std::string& zone)> cells;
  std::vector<api::CsvColumn> csv_columns;
  // The members of a row for CSV; absent: the members that the API returns.
  std::function<nlohmann::ordered_json(const nlohmann::ordered_json& row)> fields = {};
};

// Runs the query for a list and prints the rows as --json, --csv, --count or a table. Returns the exit code.
int print_list(const AskFlags& flags, const ApiRequest& request, const RowShape& shape);

// Runs the query for one thing and prints it as the JSON of the API, as CSV of one row, or by `show`.
int print_one(const AskFlags& flags, const ApiRequest& request, const std::vector<api::CsvColumn>& columns,
              const std::function<void(Output&, const Terminal&, const nlohmann::ordered_json&)>& show);

// Prints rows as CSV, the header first. Every command uses it, so that all CSV is alike.
class CsvRows {
 public:
  CsvRows(Output& output, std::vector<api::CsvColumn> columns, const AskFlags& flags);
  // Prints the members that there is a column for: a server may be newer than this program and send more.
  void add(const nlohmann::ordered_json& row);

 private:
  Output& output_;
  const std::vector<api::CsvColumn> columns_;
  const api::CsvWriter csv_;
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
