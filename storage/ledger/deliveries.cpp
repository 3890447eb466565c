#include "storage/ledger/deliveries.h"

#include "storage/enum_text.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/seal.h"

namespace callarchive::storage {
namespace {

// The microseconds of a delivery's own time, which only its body has.
int micros_of(Connection& connection, const Decoder& decode, std::int64_t id) {
  auto query = connection.query("SELECT webhook_id, body, origin, dialect, topic FROM deliveries WHERE id = :id");
  query.bind(id);
  if (!query.step()) return 0;
  Delivery delivery{.body = query.text(1),
                    .origin = origin_from(query.text(2)),
                    .dialect = query.text(3),
                    .topic = query.maybe_text(4),
                    .webhook_id = query.maybe_text(0)};
  decode(delivery);
  return delivery.event_micros;
}

}  // namespace

std::int64_t Object::key() const {
  constexpr const char* kNames[] = {"call:", "message:", "contact:"};
  return row_key(kNames[static_cast<int>(kind)] + comparable_id(id));
}

optional<Object> object_of(const Event& event) {
  if (const auto* call = std::get_if<CallCompleted>(&event)) return Object{Object::Kind::call, call->id};
  if (const auto* tag = std::get_if<TagChanged>(&event)) return Object{Object::Kind::call, tag->call_id};
  if (const auto* summary = std::get_if<SummaryChanged>(&event)) return Object{Object::Kind::call, summary->call_id};
  if (const auto* message = std::get_if<MessageStored>(&event)) return Object{Object::Kind::message, message->id};
  if (const auto* contact = std::get_if<ContactChanged>(&event)) return Object{Object::Kind::contact, contact->id};
  return {};
}

optional<Repeat> find_repeat(Connection& connection, const Delivery& delivery, const Sha256& digest,
                             const optional<Object>& object, const RedeliveryRules& rules) {
  const auto bytes = bytes_of(digest);
  if (delivery.webhook_id) {
    // The same bytes first: a variant of the body may have been kept beside the first one.
    auto query = connection.query(
        "SELECT coalesce(repeat_of, id), id, sha256 = :sha256 FROM deliveries WHERE webhook_id = :webhook_id"
        " ORDER BY sha256 = :sha256 DESC, id LIMIT 1");
    query.bind(Blob{bytes}, *delivery.webhook_id);
    if (!query.step()) return {};
    const bool same = query.integer(2) != 0;
    return Repeat{query.integer(same ? 1 : 0), same};
  }
  // Not those with an id: which of the two would be kept would depend on which came first.
  auto query = connection.query(
      "SELECT id, last_received_at FROM deliveries WHERE sha256 = :sha256 AND webhook_id IS NULL"
      " AND received_at > :oldest ORDER BY id DESC LIMIT 1");
  query.bind(Blob{bytes}, delivery.received_at - rules.window);
  if (!query.step()) return {};
  const Repeat repeat{query.integer(0), true};
  // Only contacts are sent as whole states. An event with a time of its own happened once. What was fetched is a state,
  // too, and nobody repeats it: what came since then is a change.
  const bool is_fetched = delivery.origin == Origin::backfill;
  const bool may_change_back =
      object && (is_fetched || (object->kind == Object::Kind::contact && !delivery.event_time));
  if (may_change_back && (is_fetched || delivery.received_at - query.integer(1) > rules.grace)) {
    auto other = connection.query(
        "SELECT 1 FROM deliveries WHERE object_key = :object_key AND id > :id AND repeat_of IS NULL LIMIT 1");
    other.bind(object->key(), repeat.of);
    if (other.step()) return {};
  }
  return repeat;
}

optional<std::int64_t> find_same(Connection& connection, const Delivery& delivery, const Sha256& digest) {
  auto query = connection.query(
      delivery.webhook_id
          ? "SELECT id FROM deliveries WHERE webhook_id = :webhook_id AND sha256 = :sha256 LIMIT 1"
          : "SELECT id FROM deliveries WHERE received_at = :received_at AND sha256 = :sha256 AND webhook_id IS NULL"
            " LIMIT 1");
  if (delivery.webhook_id) query.bind(*delivery.webhook_id, Blob{bytes_of(digest)});
  else query.bind(delivery.received_at, Blob{bytes_of(digest)});
  if (!query.step()) return {};
  return query.integer(0);
}

void count_repeat(Connection& connection, std::int64_t delivery, Millis received_at) {
  connection
      .query(
          "UPDATE deliveries SET times_received = times_received + 1,"
          " last_received_at = max(last_received_at, :received_at) WHERE id = :id")
      .bind(received_at, delivery)
      .run();
  seal_delivery(connection, delivery);
}

void quarantine(Connection& connection, std::int64_t delivery, const string& reason) {
  connection.query("UPDATE deliveries SET outcome = :outcome, reason = :reason WHERE id = :id")
      .bind(to_text(Outcome::quarantined), reason, delivery)
      .run();
  seal_delivery(connection, delivery);
}

std::int64_t insert_delivery(Connection& connection, const LedgerRow& row) {
  const auto& delivery = row.delivery;
  // In one statement, since a row may be long: what is selected first is sealed and inserted.
  static const string sql =
      string(
          "INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, "
          "event_time,"
          " webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, arrived_at, merged_at, body, seal)"
          " SELECT *, ") +
      kSealOfRow +
      " FROM (SELECT (SELECT coalesce(max(id), 0) + 1 FROM deliveries) AS id, :received_at AS received_at,"
      " :times_received AS times_received, :last_received_at AS last_received_at, :origin AS origin,"
      " :dialect AS dialect, :topic AS topic, :event_time AS event_time, :webhook_id AS webhook_id, :sha256 AS sha256,"
      " :object_id AS object_id, :object_key AS object_key, :repeat_of AS repeat_of, :outcome AS outcome,"
      " :reason AS reason, :arrived_at AS arrived_at, :merged_at AS merged_at, :body AS body) RETURNING id";
  auto query = connection.query(sql);
  optional<string> object_id;
  optional<std::int64_t> object_key;
  if (row.object) {
    object_id = row.object->id;
    object_key = row.object->key();
  }
  query.bind(delivery.received_at, delivery.times_received, delivery.last_received_at.value_or(delivery.received_at),
             to_text(delivery.origin), delivery.dialect, delivery.topic, delivery.event_time, delivery.webhook_id,
             Blob{bytes_of(row.sha256)}, object_id, object_key, row.repeat_of, to_text(row.outcome), row.reason,
             delivery.arrived_at, delivery.merged_at, Blob{delivery.body});
  query.step();
  const auto id = query.integer(0);
  query.run();
  return id;
}

optional<Millis> find_last_arrival(Connection& connection) {
  // The last one, unless it was fetched: the rows of one page, at most 100, may count as earlier than those before.
  auto query = connection.query(
      "SELECT max(arrival) FROM (SELECT coalesce(arrived_at, received_at) AS arrival FROM deliveries"
      " WHERE merged_at IS NULL ORDER BY id DESC LIMIT 1000)");
  if (!query.step()) return {};
  return query.maybe_integer(0);
}

vector<std::int64_t> lower_arrivals(Connection& connection, Millis arrival) {
  vector<std::int64_t> rows;
  Millis before = arrival;
  {
    // No row counts as later than the next one, but for what was fetched, which counts from its request. So the first
    // other one that is not late ends the walk.
    auto query = connection.query(
        "SELECT id, coalesce(arrived_at, received_at), origin = 'backfill' FROM deliveries"
        " WHERE merged_at IS NULL ORDER BY id DESC");
    while (query.step()) {
      if (query.integer(1) <= arrival) {
        if (query.integer(2) != 0) continue;
        before = query.integer(1);
        break;
      }
      rows.push_back(query.integer(0));
    }
  }
  for (const auto row : rows) {
    connection.query("UPDATE deliveries SET arrived_at = :arrived_at WHERE id = :id").bind(before, row).run();
    seal_delivery(connection, row);
  }
  return rows;
}

namespace {

constexpr const char* kStored =
    "SELECT id, received_at, event_time, webhook_id, sha256, origin, dialect, topic, arrived_at, merged_at";

StoredDelivery read_stored(const Query& query) {
  StoredDelivery kept;
  kept.id = query.integer(0);
  kept.delivery.received_at = query.integer(1);
  kept.delivery.event_time = query.maybe_integer(2);
  kept.delivery.webhook_id = query.maybe_text(3);
  kept.sha256 = query.text(4);
  kept.delivery.origin = origin_from(query.text(5));
  kept.delivery.dialect = query.text(6);
  kept.delivery.topic = query.maybe_text(7);
  kept.delivery.arrived_at = query.maybe_integer(8);
  kept.delivery.merged_at = query.maybe_integer(9);
  return kept;
}

}  // namespace

optional<StoredDelivery> find_stored(Connection& connection, std::int64_t delivery) {
  static const string sql = string(kStored) + ", body FROM deliveries WHERE id = :id";
  auto query = connection.query(sql);
  query.bind(delivery);
  if (!query.step()) return {};
  auto kept = read_stored(query);
  kept.delivery.body = query.text(10);
  return kept;
}

vector<StoredDelivery> find_history(Connection& connection, const Object& object) {
  static const string sql =
      string(kStored) + " FROM deliveries WHERE object_key = :object_key AND repeat_of IS NULL ORDER BY at, id";
  vector<StoredDelivery> history;
  auto query = connection.query(sql);
  query.bind(object.key());
  while (query.step()) history.push_back(read_stored(query));
  return history;
}

string find_body(Connection& connection, std::int64_t delivery) {
  auto query = connection.query("SELECT body FROM deliveries WHERE id = :id");
  query.bind(delivery);
  return query.step() ? query.text(0) : string();
}

bool is_long_history(Connection& connection, const Object& object) {
  auto query = connection.query(
      "SELECT count(*), coalesce(sum(bytes), 0) FROM (SELECT length(body) AS bytes FROM deliveries"
      " WHERE object_key = :object_key AND repeat_of IS NULL LIMIT :most)");
  query.bind(object.key(), kMostReadAgain + 1);
  query.step();
  return query.integer(0) > kMostReadAgain || query.integer(1) > kMostBytesReadAgain;
}

Rank find_rank(Connection& connection, const Decoder& decode, const Object& object, std::int64_t id,
               const EventOrder& order) {
  Rank rank;
  const auto key = object.key();
  {
    auto query = connection.query(
        "SELECT 1 FROM deliveries WHERE object_key = :object_key AND id <> :id AND repeat_of IS NULL LIMIT 1");
    query.bind(key, id);
    rank.only = !query.step();
  }
  if (rank.only) return rank;
  auto query = connection.query(
      "SELECT id, coalesce(arrived_at, received_at), event_time, webhook_id, sha256, at FROM deliveries"
      " WHERE object_key = :object_key AND at >= :at AND id <> :id AND repeat_of IS NULL");
  query.bind(key, order.at, id);
  optional<bool> is_long;
  while (query.step() && rank.newest) {
    const bool shares_millisecond = query.integer(5) == order.at && !query.is_null(2) && !order.untimed;
    if (shares_millisecond) {
      if (!is_long) is_long = is_long_history(connection, object);
      if (*is_long) {
        rank.newest = false;
        break;
      }
    }
    const int micros = shares_millisecond ? micros_of(connection, decode, query.integer(0)) : 0;
    rank.newest = order_of_row(query, micros) < order;
  }
  return rank;
}

}  // namespace callarchive::storage
