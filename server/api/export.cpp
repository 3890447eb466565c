#include "server/api/export.h"

#include "server/api/answer.h"
#include "server/api/export_format.h"
#include "server/api/filters.h"

#include <algorithm>
#include <functional>

namespace callarchive::api {
namespace {

constexpr std::int64_t kRows = 500;             // in a page
constexpr std::int64_t kCallsWithEntries = 50;  // in a page: a call may have hundreds of entries
// A rare filter may have to search long for one page, and an export may take its time.
constexpr int kPageTimeouts = 10;

using Emit = std::function<void(const ExportRow& row)>;

// How to get the rows of an export.
struct Rows {
  string name;  // "calls"
  vector<CsvColumn> columns;
  std::int64_t page = kRows;
  // Emits the rows of a page; returns the next page, or nothing after the last.
  std::function<optional<Page>(Reader&, const Page&, const Emit&)> read;
};

// An export that is being sent: made by the request, used by one thread at a time.
class RunningExport {
 public:
  RunningExport(const Context& context, Rows rows, std::unique_ptr<ExportFormat> format)
      : archive_(context.archive),
        timeout_(context.query_timeout * kPageTimeouts),
        rows_(std::move(rows)),
        format_(std::move(format)),
        page_({.limit = rows_.page}) {
    Reader reader = open();
    format_->set_delivery(reader.find_newest_delivery());
    format_->begin(piece_);
    read_page(reader);
  }

  string content_type() const { return format_->content_type(); }

  bool next(string& piece) {
    if (piece_.empty()) {
      Reader reader = open();
      read_page(reader);
    }
    piece += piece_;
    piece_.clear();
    return page_.has_value();
  }

 private:
  Reader open() { return archive_.reader(timeout_); }

  void read_page(Reader& reader) {
    page_ = rows_.read(reader, *page_, [&](const ExportRow& row) { format_->row(piece_, row); });
    if (page_) return;
    format_->set_delivery(reader.find_newest_delivery());
    format_->end(piece_);
  }

  Archive& archive_;
  const std::chrono::milliseconds timeout_;
  const Rows rows_;
  const std::unique_ptr<ExportFormat> format_;
  string piece_;
  optional<Page> page_;  // to be read next
};

// Reads `format` and what goes with it, and finishes the query.
std::unique_ptr<ExportFormat> read_format(Query& query, const Rows& rows, const vector<std::string_view>& formats) {
  const string name = query.one_of("format", formats).value_or("ndjson");
  const auto style = query.one_of("for", {"spreadsheet"});
  const string time_zone = query.time_zone();
  if (style && name != "csv") query.refuse("for", "only for format=csv");
  const bool has_vcard = std::find(formats.begin(), formats.end(), "vcard") != formats.end();
  const auto version = has_vcard ? query.one_of("version", {"3.0", "4.0"}) : optional<string>();
  if (version && name != "vcard") query.refuse("version", "only for format=vcard");
  query.finish();
  if (name == "csv") return make_csv(rows.columns, {style.has_value(), time_zone});
  if (name == "vcard") return make_vcard(version == "3.0" ? VcardVersion::v3 : VcardVersion::v4);
  return make_ndjson(rows.name, target_without(query.request(), ""));
}

// Answers with the file, whose first page is read at once.
http::Response answer_export(const Context& context, Query& query, Rows rows,
                             const vector<std::string_view>& formats = {"ndjson", "csv"}) {
  auto format = read_format(query, rows, formats);
  http::Response response;
  response.headers = {
      {"Content-Disposition", "attachment; filename=\"" + rows.name + '.' + string(format->suffix()) + '"'}};
  const auto running = std::make_shared<RunningExport>(context, std::move(rows), std::move(format));
  response.content_type = running->content_type();
  response.stream = [running](string& piece) { return running->next(piece); };
  return response;
}

// Rows that are those of a list: find(Reader&, const Page&) -> Slice<T>; row(const T&) -> ExportRow.
template <typename T, typename Find, typename Row>
Rows rows_of_list(string name, vector<CsvColumn> columns, Find find, Row row) {
  Rows rows;
  rows.name = std::move(name);
  rows.columns = std::move(columns);
  rows.read = [find, row](Reader& reader, const Page& page, const Emit& emit) {
    const auto slice = find(reader, page);
    for (const T& record : slice.rows) emit(row(record));
    return page_behind(slice, page);
  };
  return rows;
}

}  // namespace

http::Response export_calls(const Context& context, const http::Request& request) {
  Query query(request);
  CallFilter filter = read_call_filter(query);
  filter.numbers = query.numbers("number");
  filter.include_transcript = query.includes_transcript();
  const auto transcript = filter.include_transcript ? Transcript::included : Transcript::left_out;
  Rows rows = rows_of_list<Call>(
      "calls", columns_of(ShownCall{Call{}, transcript}),
      [filter](Reader& reader, const Page& page) { return reader.find_calls(filter, page); },
      [transcript](const Call& call) {
        return ShownCall{call, transcript};
      });
  if (filter.include_transcript) rows.page = kCallsWithEntries;
  return answer_export(context, query, std::move(rows));
}

http::Response export_messages(const Context& context, const http::Request& request) {
  Query query(request);
  MessageFilter filter = read_message_filter(query);
  filter.numbers = query.numbers("number");
  return answer_export(context, query,
                       rows_of_list<Message>(
                           "messages", columns_of(Message{}),
                           [filter](Reader& reader, const Page& page) { return reader.find_messages(filter, page); },
                           [](const Message& message) { return std::cref(message); }));
}

http::Response export_contacts(const Context& context, const http::Request& request) {
  Query query(request);
  const ContactFilter filter = read_contact_filter(query);
  return answer_export(context, query,
                       rows_of_list<Contact>(
                           "contacts", columns_of(Contact{}),
                           [filter](Reader& reader, const Page& page) { return reader.find_contacts(filter, page); },
                           [](const Contact& contact) { return std::cref(contact); }),
                       {"ndjson", "csv", "vcard"});
}

http::Response export_transcripts(const Context& context, const http::Request& request) {
  Query query(request);
  CallFilter filter = read_call_filter(query);
  filter.numbers = query.numbers("number");
  filter.include_transcript = true;
  Rows rows;
  rows.name = "transcripts";
  rows.columns = columns_of(ShownEntry{Call{}, TranscriptEntry{}});
  rows.page = kCallsWithEntries;
  rows.read = [filter](Reader& reader, const Page& page, const Emit& emit) {
    const auto slice = reader.find_calls(filter, page);
    for (const Call& call : slice.rows) {
      for (const auto& entry : call.transcript) emit(ShownEntry{call, entry});
    }
    return page_behind(slice, page);
  };
  return answer_export(context, query, std::move(rows));
}

}  // namespace callarchive::api
