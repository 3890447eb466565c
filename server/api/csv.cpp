#include "server/api/csv.h"

#include "server/api/local_date.h"

namespace callarchive::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// https://owasp.org/www-community/attacks/CSV_Injection
constexpr std::string_view kFormulaStarts = "=+-@\t\r\n";

void append_field(string& out, std::string_view text, std::string_view prefix = {}) {
  const bool is_plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos &&
                        text.front() != ' ' && text.back() != ' ';
  if (is_plain) {
    out.append(prefix).append(text) += ',';
    return;
  }
  out += '"';
  out += prefix;
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
  const bool is_formula =
      style_.for_spreadsheet && !text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos;
  append_field(out, text, is_formula ? "'" : "");
}

void CsvWriter::instant(string& out, Millis at) const {
  append_field(out, style_.for_spreadsheet ? local_second(at, style_.time_zone) : local_instant(at, style_.time_zone));
}

void CsvWriter::json(string& out, std::string_view json) const { append_field(out, json); }

void CsvWriter::end_row(string& out) {
  if (!out.empty() && out.back() == ',') out.pop_back();
  out += "\r\n";
}

}  // namespace callarchive::api
