#include "storage/care/ledger_rows.h"

#include "storage/enum_text.h"
#include "storage/sqlite/connection.h"

namespace callarchive::storage {

string select_rows(Connection& connection) {
  const bool has_merged =
      connection.integer("SELECT count(*) FROM pragma_table_info('deliveries') WHERE name = 'merged_at'") != 0;
  return string(
             "SELECT id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id,"
             " sha256, object_id, object_key, repeat_of, outcome, reason, body, ") +
         (has_merged ? "merged_at" : "NULL") + " FROM deliveries";
}

RawDelivery read_row(const Query& row) {
  RawDelivery read;
  read.id = row.integer(0);
  read.received_at = row.integer(1);
  read.times_received = row.integer(2);
  read.last_received_at = row.integer(3);
  read.origin = row.text(4);
  read.dialect = row.text(5);
  read.topic = row.maybe_text(6);
  read.event_time = row.maybe_integer(7);
  read.webhook_id = row.maybe_text(8);
  read.sha256 = row.text(9);
  read.object_id = row.maybe_text(10);
  read.object_key = row.maybe_integer(11);
  read.repeat_of = row.maybe_integer(12);
  read.outcome = row.text(13);
  read.reason = row.maybe_text(14);
  read.body = row.text(15);
  read.merged_at = row.maybe_integer(16);
  return read;
}

Delivery to_delivery(RawDelivery row) {
  Delivery delivery;
  delivery.body = std::move(row.body);
  delivery.received_at = row.received_at;
  delivery.times_received = row.times_received;
  delivery.last_received_at = row.last_received_at;
  delivery.merged_at = row.merged_at;
  // Of what was fetched from the vendor, the body alone does not say what it is.
  delivery.dialect = std::move(row.dialect);
  delivery.topic = std::move(row.topic);
  delivery.origin = origin_from(row.origin);
  delivery.webhook_id = std::move(row.webhook_id);
  return delivery;
}

}  // namespace callarchive::storage
