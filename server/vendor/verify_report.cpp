#include "server/text/json_writer.h"
#include "server/text/time_text.h"
#include "server/vendor/verify.h"

#include <charconv>

namespace callarchive::vendor {
namespace {

// The differences have instants as milliseconds.
optional<string> shown(const string& field, const optional<string>& value) {
  if (!value || (field != "started_at" && field != "sent_at")) return value;
  Millis at = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), at);
  return error == std::errc() && end == value->data() + value->size() ? format_instant(at) : *value;
}

string line_of(const Finding& finding) {
  string text = "  " + finding.kind + ' ' + finding.id;
  if (!finding.line.empty()) text += ' ' + finding.line;
  if (finding.at) text += ' ' + format_instant(*finding.at);
  return text + '\n';
}

void add_list(string& text, const char* title, const vector<Finding>& findings) {
  text += string(title) + ": " + std::to_string(findings.size()) + '\n';
  for (const auto& finding : findings) {
    text += line_of(finding);
    for (const auto& [field, here, there] : finding.differences) {
      text += "    " + field + ": here " + shown(field, here).value_or("nothing") + ", there " +
              shown(field, there).value_or("nothing") + '\n';
    }
  }
}

void add_list(JsonWriter& json, const char* name, const vector<Finding>& findings) {
  json.key(name);
  json.begin_array();
  for (const auto& finding : findings) {
    json.begin_object();
    json.member("kind", finding.kind);
    json.member("id", finding.id);
    json.member("line", finding.line.empty() ? optional<string>() : finding.line);
    json.instant_member("at", finding.at);
    if (!finding.differences.empty()) {
      json.key("differences");
      json.begin_array();
      for (const auto& [field, here, there] : finding.differences) {
        json.begin_object();
        json.member("field", field);
        json.member("here", shown(field, here));
        json.member("there", shown(field, there));
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
}

void add_texts(JsonWriter& json, const char* name, const vector<string>& texts) {
  json.key(name);
  json.begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

vector<string> numbers_of(const vector<Line>& lines) {
  vector<string> numbers;
  for (const auto& line : lines) numbers.push_back(line.number);
  return numbers;
}

string joined(const vector<string>& texts) {
  string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace

string report_as_text(const VerifyReport& report) {
  const bool is_against_key = !report.lines.empty() || report.requests > 0;
  string text = report.is_complete() ? "complete" : "not complete";
  text += is_against_key ? ", as far as this key sees\n" : ", compared with the list\n";
  if (is_against_key) {
    text += "scopes: " + (report.me.is_known ? joined(report.me.scopes) : string("not known")) + '\n';
    text += "lines: " + joined(numbers_of(report.lines)) + '\n';
  }
  text += std::to_string(report.compared) + " compared, with " + std::to_string(report.requests) + " requests\n\n";
  text += "line\tkind\tmonth\tthere\there\tmissing here\tmissing there\tdifferent\n";
  for (const auto& [key, counts] : report.months) {
    text += (key.line.empty() ? "-" : key.line) + '\t' + key.kind + '\t' + (key.month.empty() ? "-" : key.month);
    for (const auto count : {counts.there, counts.here, counts.missing_here, counts.missing_there, counts.different}) {
      text += '\t' + std::to_string(count);
    }
    text += '\n';
  }
  text += '\n';
  add_list(text, "missing here", report.missing_here);
  add_list(text, "missing there", report.missing_there);
  add_list(text, "different", report.different);
  for (const auto& note : report.notes) text += "note: " + note + '\n';
  return text;
}

string report_as_json(const VerifyReport& report) {
  string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("complete", report.is_complete());
  json.member("compared", report.compared);
  json.member("requests", report.requests);
  json.key("seen_by_key");
  json.begin_object();
  json.member("scopes_known", report.me.is_known);
  add_texts(json, "scopes", report.me.scopes);
  add_texts(json, "lines", numbers_of(report.lines));
  json.end_object();
  json.key("months");
  json.begin_array();
  for (const auto& [key, counts] : report.months) {
    json.begin_object();
    json.member("line", key.line.empty() ? optional<string>() : key.line);
    json.member("kind", key.kind);
    json.member("month", key.month.empty() ? optional<string>() : key.month);
    json.member("there", counts.there);
    json.member("here", counts.here);
    json.member("missing_here", counts.missing_here);
    json.member("missing_there", counts.missing_there);
    json.member("different", counts.different);
    json.end_object();
  }
  json.end_array();
  add_list(json, "missing_here", report.missing_here);
  add_list(json, "missing_there", report.missing_there);
  add_list(json, "different", report.different);
  add_texts(json, "notes", report.notes);
  json.end_object();
  return text;
}

}  // namespace callarchive::vendor
