#pragma once

#include "server/api/csv.h"
#include "server/api/members.h"
#include "storage/records.h"

#include <functional>
#include <memory>
#include <string_view>
#include <variant>

namespace callarchive::api {

// A row of an export. It refers to the record, which must outlive it.
using ExportRow =
    std::variant<ShownCall, ShownEntry, std::reference_wrapper<const Message>, std::reference_wrapper<const Contact>>;

// Lays rows out as a file. Each function appends the next bytes to `out`; begin comes first, end last.
class ExportFormat {
 public:
  virtual ~ExportFormat() = default;
  virtual string content_type() const = 0;
  virtual std::string_view suffix() const = 0;  // of the file's name, without the dot, without the dot
  // The newest delivery of the ledger; set before begin and before end, for the formats that have a place for it.
  virtual void set_delivery(optional<std::int64_t>) {}
  virtual void begin(string& out) = 0;
  virtual void row(string& out, const ExportRow& row) = 0;
  virtual void end(string& out) = 0;
};

// One JSON value per line. The first line is {"manifest":{"export","version","request","delivery"}}, with `name` and
// the target of the request. The last is {"completion":{"rows","delivery","sha256"}}, with the digest of all bytes
// before that line, so that a reader notices a file that was cut or changed. If both deliveries are the same, nothing
// but recordings changed while the file was made.
std::unique_ptr<ExportFormat> make_ndjson(std::string_view name, std::string_view request);

// RFC 4180 with a header line: the members of the records, in order. Lists and objects are JSON text.
std::unique_ptr<ExportFormat> make_csv(vector<CsvColumn> columns, CsvStyle style);

// vCard, for rows that are contacts.
enum class VcardVersion {
  v3,  // 3.0 (RFC 2426), for programs that cannot read 4.0
  v4,  // 4.0 (RFC 6350)
};
std::unique_ptr<ExportFormat> make_vcard(VcardVersion version);

}  // namespace callarchive::api
