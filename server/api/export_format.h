#pragma once

#include "storage/records.h"

#include <memory>
#include <string_view>

namespace callarchive::api {

// Lays rows out as a file. Each function appends the next bytes to `out`; begin comes first, end last.
// Rows come as the JSON objects that the lists answer.
class ExportFormat {
 public:
  virtual ~ExportFormat() = default;
  virtual string content_type() const = 0;
  // The newest delivery of the ledger; told before begin and before end, for the formats that have a place for it.
  virtual void set_delivery(optional<std::int64_t>) {}
  virtual void begin(string& out) = 0;
  virtual void row(string& out, const string& json) = 0;
  virtual void end(string& out) = 0;
};

// One JSON value a line. The first line is {"manifest":{"export","version","request","delivery"}}: `name` and the
// target of the request. The last is {"completion":{"rows","delivery","sha256"}}: the digest is of every byte before
// that line, so a file that was cut or changed is noticed. Where both deliveries are the same, the archive was while it
// was made.
std::unique_ptr<ExportFormat> make_ndjson(std::string_view name, std::string_view request);

// RFC 4180 with a header line: the members of `sample`, in order. Null is an empty field, empty text is "";
// lists and objects are JSON text.
std::unique_ptr<ExportFormat> make_csv(const string& sample);

// vCard 4.0 (RFC 6350), for rows that are contacts.
std::unique_ptr<ExportFormat> make_vcard();

}  // namespace callarchive::api
