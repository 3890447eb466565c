#include "server/cli/list.h"

#include "server/text/time_text.h"

#include <nlohmann/json.hpp>

namespace callarchive::cli {

using Json = nlohmann::ordered_json;

CsvRows::CsvRows(Output& output, std::vector<api::CsvColumn> columns, const AskFlags& flags)
    : output_(output), columns_(std::move(columns)), csv_({flags.for_spreadsheet, flags.tz}) {
  std::string text;
  csv_.begin(text, columns_);
  output_.data(text);
}

void CsvRows::add(const Json& row) {
  std::string text;
  for (const auto& column : columns_) {
    const auto found = row.find(column.name);
    if (found == row.end() || found->is_null()) {
      csv_.null(text);
    } else if (!found->is_string()) {
      csv_.json(text, found->dump());
    } else {
      const auto& value = found->get_ref<const std::string&>();
      const auto at = column.is_instant ? parse_instant(value, kYearsOfQueries) : std::nullopt;
      if (at) csv_.instant(text, *at);
      else csv_.text(text, value);
    }
  }
  api::CsvWriter::end_row(text);
  output_.data(text);
}

namespace {

int print_count(Transport& transport, ApiRequest request, Output& output) {
  request.parameters.emplace_back("limit", "1");
  request.parameters.emplace_back("count", "exact");
  output.line(ask(transport, request).at("page").at("total").dump());
  output.flush();
  return 0;
}

void print_csv(Transport& transport, const ApiRequest& request, const AskFlags& flags, const RowShape& shape,
               Output& output) {
  CsvRows csv(output, shape.csv_columns, flags);
  walk(transport, request, flags, [&](const Json& page) {
    for (const auto& row : page.at("data")) csv.add(shape.fields ? shape.fields(row) : row);
  });
}

}  // namespace

int print_list(const AskFlags& flags, const ApiRequest& request, const RowShape& shape) {
  const auto transport = flags.connect();
  Output output;
  if (flags.count) return print_count(*transport, request, output);
  const Terminal terminal = look_at_terminal();
  bool has_more = false;
  if (flags.json) {
    walk(*transport, request, flags, [&](const Json& page) {
      for (const auto& row : page.at("data")) output.json_line(row.dump());
    });
  } else if (flags.csv) {
    print_csv(*transport, request, flags, shape, output);
  } else {
    Table table(shape.columns, output, terminal);
    has_more = walk(*transport, request, flags, [&](const Json& page) {
      for (const auto& row : page.at("data")) table.add(shape.cells(row, flags.tz));
      table.print_page();
      output.flush();
    });
  }
  output.flush();
  hint_at_more(has_more, terminal);
  return 0;
}

int print_one(const AskFlags& flags, const ApiRequest& request, const std::vector<api::CsvColumn>& columns,
              const std::function<void(Output&, const Terminal&, const Json&)>& show) {
  const auto answer = ask(*flags.connect(), request);
  Output output;
  if (flags.json) output.json_line(answer.dump());
  else if (flags.csv) CsvRows(output, columns, flags).add(answer);
  else show(output, look_at_terminal(), answer);
  output.flush();
  return 0;
}

}  // namespace callarchive::cli
