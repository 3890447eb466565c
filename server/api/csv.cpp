#include "server/api/csv.h"

#include "server/api/local_date.h"

#include <algorithm>

namespace callarchive::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// https://owasp.org/www-community/attacks/CSV_Injection
constexpr std::string_view kFormulaStarts = "=+-@\t\r\n";
// Where a spreadsheet may begin a cell inside of a field: in many countries it separates columns by semicolons, and
// then takes the quotes around the field for text.
constexpr std::string_view kSeparators = ";\t\r\n";

// The text with an apostrophe before everything that a spreadsheet would take for a formula.
string without_formulas(std::string_view text) {
  string out;
  out.reserve(text.size() + 1);
  bool begins_cell = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_cell) {
      const std::size_t first = std::min(text.find_first_not_of("\" ", i), text.size() - 1);
      if (kFormulaStarts.find(text[first]) != std::string_view::npos) out += '\'';
    }
    out += text[i];
    begins_cell = kSeparators.find(text[i]) != std::string_view::npos;
  }
  return out;
}

void append_field(string& out, std::string_view text) {
  const bool is_plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos &&
                        text.front() != ' ' && text.back() != ' ';
  if (is_plain) {
    out.append(text) += ',';
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += "\",";
}

}  // namespace

void CsvWriter::begin(string& out, const vector<CsvColumn>& columns) const {
  if (style_.for_spreadsheet) out += kByteOrderMark;
  for (const auto& column : columns) append_field(out, column.name);
  end_row(out);
}

void CsvWriter::text(string& out, std::string_view text) const {
  append_field(out, style_.for_spreadsheet ? without_formulas(text) : text);
}

void CsvWriter::instant(string& out, Millis at) const {
  append_field(out, style_.for_spreadsheet ? local_second(at, style_.time_zone) : local_instant(at, style_.time_zone));
}

void CsvWriter::json(string& out, std::string_view json) const {
  // A number may be negative, and is not a formula.
  const bool is_structure = json.starts_with('{') || json.starts_with('[');
  append_field(out, style_.for_spreadsheet && is_structure ? without_formulas(json) : json);
}

void CsvWriter::end_row(string& out) {
  if (!out.empty() && out.back() == ',') out.pop_back();
  out += "\r\n";
}

}  // namespace callarchive::api
