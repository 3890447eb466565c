#include "storage/items/timeline.h"

#include "storage/items/item_key.h"
#include "storage/sqlite/connection.h"

#include <sqlite3.h>

namespace callarchive::storage {

void add_to_timeline(Connection& connection, std::int64_t number_id, ItemKey item) {
  connection.query("INSERT INTO timeline (number_id, item) VALUES (:number_id, :item) ON CONFLICT DO NOTHING")
      .bind(number_id, item)
      .run();
  if (sqlite3_changes(connection.database().getHandle()) == 0) return;
  const auto at = instant_of(item);
  const bool call = kind_of(item) == ItemKind::call;
  connection
      .query(
          "UPDATE numbers SET first_seen_at = min(coalesce(first_seen_at, :at), :at),"
          " last_seen_at = max(coalesce(last_seen_at, :at), :at),"
          " call_count = call_count + :calls, message_count = message_count + :messages WHERE id = :id")
      .bind(at, call ? 1 : 0, call ? 0 : 1, number_id)
      .run();
}

void remove_from_timeline(Connection& connection, std::int64_t number_id, ItemKey item) {
  connection.query("DELETE FROM timeline WHERE number_id = :number_id AND item = :item").bind(number_id, item).run();
  if (sqlite3_changes(connection.database().getHandle()) == 0) return;
  const bool call = kind_of(item) == ItemKind::call;
  connection
      .query(
          "UPDATE numbers SET"
          " first_seen_at = (SELECT min(item) FROM timeline WHERE number_id = :id) >> :shift,"
          " last_seen_at = (SELECT max(item) FROM timeline WHERE number_id = :id) >> :shift,"
          " call_count = call_count - :calls, message_count = message_count - :messages WHERE id = :id")
      .bind(number_id, kInstantShift, call ? 1 : 0, call ? 0 : 1)
      .run();
}

}  // namespace callarchive::storage
