#include "server/api/export.h"

#include "server/api/answer.h"
#include "server/api/export_format.h"
#include "server/api/filters.h"

namespace callarchive::api {
namespace {

constexpr std::int64_t kRows = 500;             // in a page
constexpr std::int64_t kCallsWithEntries = 50;  // in a page: a call may have hundreds of entries
// A rare filter may walk far for one page, and an export is not asked in passing.
constexpr int kPageTimeouts = 10;

using Emit = std::function<void(const string& json)>;

// How to get the rows of an export.
struct Rows {
  string name;    // "calls"
  string sample;  // a row as JSON, for its names
  std::int64_t page = kRows;
  // Emits the rows of a page; returns the next page, or nothing after the last.
  std::function<optional<Page>(Reader&, const Page&, const Emit&)> read;
};

// One export under way: made by the request, used by one thread at a time.
class Walk {
 public:
  Walk(const Context& context, Rows rows, std::unique_ptr<ExportFormat> format)
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
    page_ = rows_.read(reader, *page_, [&](const string& json) { format_->row(piece_, json); });
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

// Reads `format`, finishes the query, and begins.
http::Response answer_export(const Context& context, Query& query, Rows rows,
                             const vector<std::string_view>& formats = {"ndjson", "csv"}) {
  const string name = query.one_of("format", formats).value_or("ndjson");
  query.finish();
  auto format = name == "csv"     ? make_csv(rows.sample)
                : name == "vcard" ? make_vcard()
                                  : make_ndjson(rows.name, target_without(query.request(), ""));

  http::Response response;
  const string suffix = name == "vcard" ? "vcf" : name;
  response.headers = {{"Content-Disposition", "attachment; filename=\"" + rows.name + '.' + suffix + '"'}};
  const auto walk = std::make_shared<Walk>(context, std::move(rows), std::move(format));
  response.content_type = walk->content_type();
  response.stream = [walk](string& piece) { return walk->next(piece); };
  return response;
}

// Rows that are the rows of a list: find(Reader&, const Page&) -> Slice<T>; write(JsonWriter&, const T&).
template <typename T, typename Find, typename Write>
Rows rows_of_list(string name, Find find, Write write) {
  Rows rows;
  rows.name = std::move(name);
  rows.sample = written([&](JsonWriter& json) { write(json, T{}); });
  rows.read = [find, write](Reader& reader, const Page& page, const Emit& emit) {
    const auto slice = find(reader, page);
    for (const T& row : slice.rows) emit(written([&](JsonWriter& json) { write(json, row); }));
    return page_behind(slice, page);
  };
  return rows;
}

struct CallEntry {
  string call_id = {};
  optional<Millis> started_at = {};
  TranscriptEntry entry = {};
};

string to_row(const CallEntry& row) {
  return written([&](JsonWriter& json) {
    json.begin_object();
    json.member("call_id", row.call_id);
    json.instant_member("started_at", row.started_at);
    entry_members(json, row.entry);
    json.end_object();
  });
}

}  // namespace

http::Response export_calls(const Context& context, const http::Request& request) {
  Query query(request);
  CallFilter filter = read_call_filter(query);
  filter.numbers = query.numbers("number");
  filter.include_transcript = query.includes_transcript();
  const auto transcript = filter.include_transcript ? Transcript::included : Transcript::left_out;
  Rows rows = rows_of_list<Call>(
      "calls", [filter](Reader& reader, const Page& page) { return reader.find_calls(filter, page); },
      [transcript](JsonWriter& json, const Call& call) { to_json(json, call, transcript); });
  if (filter.include_transcript) rows.page = kCallsWithEntries;
  return answer_export(context, query, std::move(rows));
}

http::Response export_messages(const Context& context, const http::Request& request) {
  Query query(request);
  MessageFilter filter = read_message_filter(query);
  filter.numbers = query.numbers("number");
  return answer_export(
      context, query,
      rows_of_list<Message>(
          "messages", [filter](Reader& reader, const Page& page) { return reader.find_messages(filter, page); },
          [](JsonWriter& json, const Message& message) { to_json(json, message); }));
}

http::Response export_contacts(const Context& context, const http::Request& request) {
  Query query(request);
  const ContactFilter filter = read_contact_filter(query);
  return answer_export(
      context, query,
      rows_of_list<Contact>(
          "contacts", [filter](Reader& reader, const Page& page) { return reader.find_contacts(filter, page); },
          [](JsonWriter& json, const Contact& contact) { to_json(json, contact); }),
      {"ndjson", "csv", "vcard"});
}

http::Response export_transcripts(const Context& context, const http::Request& request) {
  Query query(request);
  CallFilter filter = read_call_filter(query);
  filter.numbers = query.numbers("number");
  filter.include_transcript = true;
  Rows rows;
  rows.name = "transcripts";
  rows.sample = to_row({});
  rows.page = kCallsWithEntries;
  rows.read = [filter](Reader& reader, const Page& page, const Emit& emit) {
    const auto slice = reader.find_calls(filter, page);
    for (const Call& call : slice.rows) {
      for (const auto& entry : call.transcript) emit(to_row({call.id, call.started_at, entry}));
    }
    return page_behind(slice, page);
  };
  return answer_export(context, query, std::move(rows));
}

}  // namespace callarchive::api
