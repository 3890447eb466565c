#pragma once

#include "server/api/json.h"

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace callarchive::api {

// How the fields of a CSV file are written.
struct CsvStyle {
  // For opening in a spreadsheet: a byte order mark, which marks the file as UTF-8; times in a form that spreadsheets
  // read (2026-03-02 10:15:00); and an apostrophe before text that they might take for a formula (= + - @, tab, line
  // break, at the beginning or after a semicolon, tab or line break). Not lossless.
  bool for_spreadsheet = false;
  // The zone of times, from the IANA database. Unless for_spreadsheet is set, times have their offset, so that they
  // name the same instant in every zone: 2026-03-02T10:15:00.000+01:00.
  string time_zone = "UTC";
};

struct CsvColumn {
  string name = {};
  bool is_instant = false;
};

// Writes the rows of a CSV file (RFC 4180). Null is an empty field and empty text is "". Each function appends the next
// field to `out`; end_row() ends the line.
class CsvWriter {
 public:
  explicit CsvWriter(CsvStyle style = {}) : style_(std::move(style)) {}

  // The header line.
  void begin(string& out, const vector<CsvColumn>& columns) const;

  void text(string& out, std::string_view text) const;
  void null(string& out) const { out += ','; }
  void instant(string& out, Millis at) const;
  // A number, true or false, or a list or object as JSON.
  void json(string& out, std::string_view json) const;

  static void end_row(string& out);

 private:
  const CsvStyle style_;
};

// The columns of records like this one.
template <HasMembers Record>
vector<CsvColumn> columns_of(const Record& sample) {
  vector<CsvColumn> columns;
  visit_members(sample, [&](std::string_view name, const auto& value) {
    columns.push_back({string(name), std::same_as<std::decay_t<decltype(value)>, Instant>});
  });
  return columns;
}

// A record as a row.
template <HasMembers Record>
void write_row(const CsvWriter& csv, string& out, const Record& record) {
  visit_members(record, [&](std::string_view, const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::same_as<Value, string>) {
      csv.text(out, value);
    } else if constexpr (std::same_as<Value, optional<string>>) {
      if (value) csv.text(out, *value);
      else csv.null(out);
    } else if constexpr (std::same_as<Value, optional<Company>>) {
      if (value && value->name) csv.text(out, *value->name);
      else csv.null(out);
    } else if constexpr (std::same_as<Value, Instant>) {
      if (value.at) csv.instant(out, *value.at);
      else csv.null(out);
    } else {
      const string json = written([&](JsonWriter& writer) { write_value(writer, value); });
      if (json == "null") csv.null(out);
      else csv.json(out, json);
    }
  });
  CsvWriter::end_row(out);
}

}  // namespace callarchive::api
