#include "server/api/export_format.h"

#include "server/api/json.h"
#include "server/api/running_digest.h"

namespace callarchive::api {
namespace {

class Ndjson : public ExportFormat {
 public:
  Ndjson(std::string_view name, std::string_view request) : name_(name), request_(request) {}

  string content_type() const override { return "application/x-ndjson"; }
  std::string_view suffix() const override { return "ndjson"; }

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

  void row(string& out, const ExportRow& row) override {
    ++rows_;
    add_line(out,
             written([&](JsonWriter& json) { std::visit([&](const auto& record) { to_json(json, record); }, row); }));
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

class Csv : public ExportFormat {
 public:
  Csv(vector<CsvColumn> columns, CsvStyle style) : columns_(std::move(columns)), csv_(std::move(style)) {}

  string content_type() const override { return "text/csv; charset=utf-8; header=present"; }
  std::string_view suffix() const override { return "csv"; }
  void begin(string& out) override { csv_.begin(out, columns_); }
  void row(string& out, const ExportRow& row) override {
    std::visit([&](const auto& record) { write_row(csv_, out, record); }, row);
  }
  void end(string&) override {}

 private:
  const vector<CsvColumn> columns_;
  const CsvWriter csv_;
};

}  // namespace

std::unique_ptr<ExportFormat> make_ndjson(std::string_view name, std::string_view request) {
  return std::make_unique<Ndjson>(name, request);
}

std::unique_ptr<ExportFormat> make_csv(vector<CsvColumn> columns, CsvStyle style) {
  return std::make_unique<Csv>(std::move(columns), std::move(style));
}

}  // namespace callarchive::api
