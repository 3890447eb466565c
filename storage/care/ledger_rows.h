#pragma once

#include "storage/event.h"

// Rows of the ledger of another file, of any schema that had rows.

namespace callarchive::storage {

class Connection;
class Query;

// A row as it lies in the file; columns that an older schema did not have are absent.
struct RawDelivery {
  std::int64_t id = 0;
  Millis received_at = 0;
  std::int64_t times_received = 1;
  Millis last_received_at = 0;
  string origin = {};
  string dialect = {};
  optional<string> topic = {};
  optional<Millis> event_time = {};
  optional<string> webhook_id = {};
  string sha256 = {};
  optional<string> object_id = {};
  optional<std::int64_t> object_key = {};
  optional<std::int64_t> repeat_of = {};
  string outcome = {};
  optional<string> reason = {};
  string body = {};
  optional<Millis> merged_at = {};
};

// SELECT of all columns of RawDelivery from `deliveries`, without a condition, as far as the file has them.
string select_rows(Connection& connection);
RawDelivery read_row(const Query& row);

// As it was received, for the decoder.
Delivery to_delivery(RawDelivery row);

}  // namespace callarchive::storage
