#include "server/cli/list.h"

#include "server/api/export_format.h"

#include <nlohmann/json.hpp>

namespace callarchive::cli {

using Json = nlohmann::ordered_json;

class CsvRows::Format {
 public:
  explicit Format(const std::string& sample) : names_(Json::parse(sample)), csv_(api::make_csv(sample)) {}

  void begin(std::string& text) { csv_->begin(text); }
  // A server may be newer than this program and say more; the header holds for every row.
  void add(std::string& text, const Json& row) {
    Json fields = Json::object();
    for (const auto& [name, value] : names_.items()) {
      const auto found = row.find(name);
      fields[name] = found == row.end() ? Json() : *found;
    }
    csv_->row(text, fields.dump());
  }

 private:
  const Json names_;
  const std::unique_ptr<api::ExportFormat> csv_;
};

CsvRows::CsvRows(Output& output, const std::string& sample)
    : output_(output), format_(std::make_unique<Format>(sample)) {
  std::string text;
  format_->begin(text);
  output_.write(text);
}
CsvRows::~CsvRows() = default;

void CsvRows::add(const Json& row) {
  std::string text;
  format_->add(text, row);
  output_.write(text);
}

namespace {

int print_count(Transport& transport, Question question, Output& output) {
  question.parameters.emplace_back("limit", "1");
  question.parameters.emplace_back("count", "exact");
  output.line(ask(transport, question).at("page").at("total").dump());
  output.flush();
  return 0;
}

void print_csv(Transport& transport, const Question& question, const AskFlags& flags, const RowShape& shape,
               Output& output) {
  CsvRows csv(output, shape.sample);
  walk(transport, question, flags, [&](const Json& page) {
    for (const auto& row : page.at("data")) csv.add(shape.fields ? shape.fields(row) : row);
  });
}

}  // namespace

int print_list(const AskFlags& flags, const Question& question, const RowShape& shape) {
  const auto transport = flags.connect();
  Output output;
  if (flags.count) return print_count(*transport, question, output);
  const Terminal terminal = look_at_terminal();
  bool has_more = false;
  if (flags.json) {
    walk(*transport, question, flags, [&](const Json& page) {
      for (const auto& row : page.at("data")) output.line(row.dump());
    });
  } else if (flags.csv) {
    print_csv(*transport, question, flags, shape, output);
  } else {
    Table table(shape.columns, output, terminal);
    has_more = walk(*transport, question, flags, [&](const Json& page) {
      for (const auto& row : page.at("data")) table.add(shape.cells(row, flags.tz));
      table.print_page();
      output.flush();
    });
  }
  output.flush();
  hint_at_more(has_more, terminal);
  return 0;
}

int print_one(const AskFlags& flags, const Question& question, const std::string& sample,
              const std::function<void(Output&, const Terminal&, const Json&)>& show) {
  const auto answer = ask(*flags.connect(), question);
  Output output;
  if (flags.json) output.line(answer.dump());
  else if (flags.csv) CsvRows(output, sample).add(answer);
  else show(output, look_at_terminal(), answer);
  output.flush();
  return 0;
}

}  // namespace callarchive::cli
