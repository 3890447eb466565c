#include "storage/items/key_allocation.h"

#include "storage/items/timeline.h"
#include "storage/search/index.h"
#include "storage/sqlite/connection.h"

namespace callarchive::storage {
namespace {

optional<string> id_at(Connection& connection, ItemKey item) {
  auto query = connection.query(kind_of(item) == ItemKind::call ? "SELECT id_key FROM calls WHERE item = :item"
                                                                : "SELECT id_key FROM messages WHERE item = :item");
  query.bind(item);
  if (!query.step()) return {};
  return query.text(0);
}

vector<std::int64_t> numbers_of(Connection& connection, ItemKey item) {
  // There is no index from items to numbers; this is only for the rare item that shares millisecond and slot.
  vector<std::int64_t> numbers;
  auto query =
      connection.query(kind_of(item) == ItemKind::call
                           ? "SELECT from_number_id, to_number_id, original_to_number_id FROM calls WHERE item = :item"
                           : "SELECT from_number_id, to_number_id, NULL FROM messages WHERE item = :item");
  query.bind(item);
  if (query.step()) {
    for (int column = 0; column < 3; ++column) {
      if (!query.is_null(column)) numbers.push_back(query.integer(column));
    }
  }
  if (kind_of(item) == ItemKind::call) {
    auto transfers =
        connection.query("SELECT number_id FROM call_transfers WHERE item = :item AND number_id IS NOT NULL");
    transfers.bind(item);
    while (transfers.step()) numbers.push_back(transfers.integer(0));
  }
  return numbers;
}

void move_item(Connection& connection, SearchIndex& index, ItemKey from, ItemKey to) {
  const auto numbers = numbers_of(connection, from);
  index.touch_item(from);
  index.touch_item(to);
  connection
      .query(kind_of(from) == ItemKind::call ? "UPDATE calls SET item = :to WHERE item = :from"
                                             : "UPDATE messages SET item = :to WHERE item = :from")
      .bind(to, from)
      .run();
  for (const auto number : numbers) {
    connection.query("DELETE FROM timeline WHERE number_id = :number_id AND item = :item").bind(number, from).run();
    connection.query("INSERT INTO timeline (number_id, item) VALUES (:number_id, :item) ON CONFLICT DO NOTHING")
        .bind(number, to)
        .run();
  }
}

std::int64_t next_slot(std::int64_t slot) { return (slot + 1) % kSlots; }

}  // namespace

bool is_crowded(Connection& connection, ItemKind kind, Millis at) {
  auto query = connection.query(
      kind == ItemKind::call
          ? "SELECT count(*) FROM (SELECT 1 FROM calls WHERE item >= :from AND item < :to LIMIT :most)"
          : "SELECT count(*) FROM (SELECT 1 FROM messages WHERE item >= :from AND item < :to LIMIT :most)");
  constexpr std::int64_t kMost = kSlots / 2;
  query.bind(make_item_key(at, 0, ItemKind::call), make_item_key(at + 1, 0, ItemKind::call), kMost);
  query.step();
  return query.integer(0) >= kMost;
}

ItemKey allocate_key(Connection& connection, SearchIndex& index, ItemKind kind, Millis at, const string& comparable) {
  // The slot goes to the smaller id; the other item looks for the next slot in the same way. The moves are made from
  // the last to the first, so that each finds its new slot empty.
  struct Move {
    ItemKey from, to;
  };
  vector<Move> moves;
  optional<ItemKey> place;
  string wanting = comparable;
  optional<ItemKey> yielding;
  for (std::int64_t slot = home_slot(comparable);; slot = next_slot(slot)) {
    const ItemKey key = make_item_key(at, slot, kind);
    const auto resident = id_at(connection, key);
    if (resident && *resident < wanting) continue;
    if (yielding) moves.push_back({*yielding, key});
    else place = key;
    if (!resident) break;
    yielding = key;
    wanting = *resident;
  }
  for (auto move = moves.rbegin(); move != moves.rend(); ++move) move_item(connection, index, move->from, move->to);
  return *place;
}

void release_key(Connection& connection, SearchIndex& index, ItemKey item) {
  const Millis at = instant_of(item);
  std::int64_t gap = slot_of(item);
  for (std::int64_t slot = next_slot(gap);; slot = next_slot(slot)) {
    const ItemKey key = make_item_key(at, slot, kind_of(item));
    const auto resident = id_at(connection, key);
    if (!resident) return;
    // A resident may move back into the gap unless its home slot is after the gap.
    const std::int64_t home = home_slot(*resident);
    const auto distance = [](std::int64_t from, std::int64_t to) { return (to - from + kSlots) % kSlots; };
    if (distance(home, slot) < distance(gap, slot)) continue;
    move_item(connection, index, key, make_item_key(at, gap, kind_of(item)));
    gap = slot;
  }
}

}  // namespace callarchive::storage
