#include "storage/enum_text.h"
#include "storage/read/connection.h"
#include "storage/sqlite/digest.h"

namespace callarchive {
namespace {

using namespace storage;

constexpr int kLongestPage = 1000;  // and more than the vendor's lists have

constexpr const char* kDelivery =
    "SELECT id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256,"
    " object_id, outcome, reason, length(body)";

DeliveryRecord read_delivery(const Query& query) {
  DeliveryRecord record;
  record.delivery = query.integer(0);
  record.received_at = query.integer(1);
  record.times_received = query.integer(2);
  record.last_received_at = query.integer(3);
  record.origin = origin_from(query.text(4));
  record.dialect = query.text(5);
  record.topic = query.maybe_text(6);
  record.event_time = query.maybe_integer(7);
  record.webhook_id = query.maybe_text(8);
  record.sha256 = to_hex(query.text(9));
  record.object_id = query.maybe_text(10);
  record.outcome = outcome_from(query.text(11));
  record.reason = query.maybe_text(12);
  record.body_size = query.integer(13);
  return record;
}

// The planner would walk the whole ledger in order to be spared a sort. The index holds the few rows that have a
// reason.
string source_of(const DeliveryFilter& filter) {
  return filter.reason ? " FROM deliveries INDEXED BY deliveries_with_reason" : " FROM deliveries";
}

void add_conditions(const DeliveryFilter& filter, Where& where) {
  where.add_if(filter.outcome, "outcome = ?");
  // The partial index of deliveries that were not applied is used only where that is said.
  if (filter.outcome && *filter.outcome != "applied") where.add("outcome <> 'applied'");
  where.add_if(filter.topic, "topic = ?");
  // Not LIKE: its wildcards would be the caller's.
  if (filter.reason) where.add("reason IS NOT NULL AND instr(lower(reason), lower(?)) > 0", {*filter.reason});
}

}  // namespace

Slice<DeliveryRecord> Reader::find_deliveries(const DeliveryFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    if (page.after) where.add("id < ?", {*page.after});
    add_conditions(filter, where);
    auto query = connection.query(kDelivery + (source_of(filter) + where.sql()) + " ORDER BY id DESC LIMIT ?");
    where.bind(query);
    query.bind(page.limit + 1);
    vector<DeliveryRecord> records;
    while (query.step()) records.push_back(read_delivery(query));
    return cut(std::move(records), page.limit, [](const DeliveryRecord& record) { return record.delivery; });
  });
}

Count Reader::count_deliveries(const DeliveryFilter& filter, bool exact) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    add_conditions(filter, where);
    return count_rows(connection, "SELECT 1" + source_of(filter), where, exact);
  });
}

// Those that were followed by others have an index of their own; the others are the last ones of the ledger.
std::int64_t Reader::count_deliveries_after(Millis instant) {
  return ask(*connection_, [&](Connection& connection) {
    auto followed =
        connection.query("SELECT count(*) FROM deliveries WHERE arrived_at IS NOT NULL AND received_at > ?");
    followed.bind(instant).step();
    std::int64_t count = followed.integer(0);
    auto last = connection.query(
        "SELECT received_at, origin = 'backfill' FROM deliveries WHERE arrived_at IS NULL ORDER BY id DESC");
    // What was fetched counts from its request: the rows of a page, at most 100, may be behind later ones.
    for (int fetched = 0; last.step();) {
      if (last.integer(0) > instant) ++count;
      else if (last.integer(1) == 0 || ++fetched > kLongestPage) break;
    }
    return count;
  });
}

optional<DeliveryRecord> Reader::find_delivery(std::int64_t delivery) {
  return ask(*connection_, [&](Connection& connection) -> optional<DeliveryRecord> {
    auto query = connection.query(string(kDelivery) + ", body FROM deliveries WHERE id = ?");
    query.bind(delivery);
    if (!query.step()) return {};
    auto record = read_delivery(query);
    record.body = query.text(14);
    return record;
  });
}

optional<std::int64_t> Reader::find_newest_delivery() {
  return ask(*connection_, [](Connection& connection) {
    auto query = connection.query("SELECT max(id) FROM deliveries");
    query.step();
    return query.maybe_integer(0);
  });
}

}  // namespace callarchive
