#include "server/api/export_format.h"

#include "server/api/json_writer.h"
#include "server/api/running_digest.h"

#include <nlohmann/json.hpp>

namespace callarchive::api {
namespace {

using Json = nlohmann::ordered_json;

class Ndjson : public ExportFormat {
 public:
  Ndjson(std::string_view name, std::string_view request) : name_(name), request_(request) {}

  string content_type() const override { return "application/x-ndjson"; }

  void set_delivery(optional<std::int64_t> delivery) override { delivery_ = delivery; }

  void begin(string& out) override {
    string line;
    JsonWriter json(line);
    json.begin_object();
    json.key("manifest");
    json.begin_object();
    json.member("export", name_);
    json.member("version", std::int64_t{1});
    json.member("request", request_);
    json.member("delivery", delivery_);
    json.end_object();
    json.end_object();
    add_line(out, line);
  }

  void row(string& out, const string& json) override {
    ++rows_;
    add_line(out, json);
  }

  void end(string& out) override {
    JsonWriter json(out);
    json.begin_object();
    json.key("completion");
    json.begin_object();
    json.member("rows", rows_);
    json.member("delivery", delivery_);
    json.member("sha256", digest_.hex());
    json.end_object();
    json.end_object();
    out += '\n';
  }

 private:
  void add_line(string& out, std::string_view line) {
    const auto begin = out.size();
    out += line;
    out += '\n';
    digest_.add(std::string_view(out).substr(begin));
  }

  const string name_;
  const string request_;
  optional<std::int64_t> delivery_;
  std::int64_t rows_ = 0;
  RunningDigest digest_;
};

void append_field(string& out, std::string_view text) {
  const bool is_plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos &&
                        text.front() != ' ' && text.back() != ' ';
  if (is_plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class Csv : public ExportFormat {
 public:
  explicit Csv(const string& sample) : sample_(Json::parse(sample)) {}

  string content_type() const override { return "text/csv; charset=utf-8; header=present"; }

  void begin(string& out) override {
    for (const auto& [name, value] : sample_.items()) {
      append_field(out, name);
      out += ',';
    }
    end_line(out);
  }

  void row(string& out, const string& json) override {
    const auto row = Json::parse(json);
    for (const auto& value : row) {
      if (value.is_string()) append_field(out, value.get_ref<const string&>());
      else if (!value.is_null()) append_field(out, value.dump());
      out += ',';
    }
    end_line(out);
  }

  void end(string&) override {}

 private:
  static void end_line(string& out) {
    out.pop_back();  // the last comma
    out += "\r\n";
  }

  const Json sample_;
};

}  // namespace

std::unique_ptr<ExportFormat> make_ndjson(std::string_view name, std::string_view request) {
  return std::make_unique<Ndjson>(name, request);
}

std::unique_ptr<ExportFormat> make_csv(const string& sample) { return std::make_unique<Csv>(sample); }

}  // namespace callarchive::api
