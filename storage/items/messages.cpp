#include "storage/items/messages.h"

#include "storage/items/fetched.h"
#include "storage/items/key_allocation.h"
#include "storage/items/merge.h"
#include "storage/items/reference_rows.h"
#include "storage/items/timeline.h"
#include "storage/search/index.h"
#include "storage/sqlite/connection.h"

namespace callarchive::storage {

namespace {

void fold(MessageState& state, const MessageStored& report) {
  auto& said = state.said;
  if (said.id.empty()) said.id = report.id;
  if (report.sent_at) state.at = *report.sent_at;
  fill(said.sent_at, report.sent_at);
  fill(said.direction, report.direction);
  fill(said.type, report.type);
  fill(said.content, report.content);
  fill(said.from_number, report.from_number);
  fill(said.from_name, report.from_name);
  fill(said.to_number, report.to_number);
  fill(said.to_name, report.to_name);
  fill(said.user_email, report.user_email);
}

}  // namespace

void merge(MessageState& state, const MessageStored& report) {
  if (report.is_fetched) fold(state, without_coarser(state.said, report));
  else fold(state, report);
}

optional<ItemKey> find_message_item(Connection& connection, const string& comparable) {
  auto query = connection.query("SELECT item FROM messages WHERE id_key = :id_key");
  query.bind(comparable);
  if (!query.step()) return {};
  return query.integer(0);
}

bool is_known_by_words(const MessageStored& message) { return message.id.starts_with(kIdOfWords); }

vector<ItemKey> find_same_words(Connection& connection, ReferenceRows& rows, const MessageState& state, bool by_words) {
  constexpr Millis kApart = 2000;  // one list of the vendor has the milliseconds that another one lacks
  const auto& said = state.said;
  const auto from_id = rows.number_id(said.from_number);
  const auto to_id = rows.number_id(said.to_number);
  vector<ItemKey> found;
  auto query = connection.query(
      "SELECT item, id FROM messages WHERE item >= :first AND item < :end AND content IS :content"
      " AND (from_number_id = :from_id OR to_number_id = :to_id)"
      " AND coalesce(from_number_id = :from_id, 1) AND coalesce(to_number_id = :to_id, 1) ORDER BY item");
  query.bind(first_key_at(state.at - kApart), first_key_at(state.at + kApart + 1), said.content, from_id, to_id);
  while (query.step()) {
    if (query.text(1).starts_with(kIdOfWords) == by_words) found.push_back(query.integer(0));
  }
  return found;
}

vector<Message> load_messages(Connection& connection, const vector<ItemKey>& items) {
  vector<Message> messages;
  messages.reserve(items.size());
  for (const auto item : items) {
    auto query = connection.query(
        "SELECT m.item, m.id, m.sent_at, m.direction, m.type, m.content, m.from_number, m.from_name, m.to_number,"
        " m.to_name, u.email FROM messages m LEFT JOIN users u ON u.id = m.user_id WHERE m.item = :item");
    query.bind(item);
    if (!query.step()) continue;
    Message message;
    message.item = query.integer(0);
    message.id = query.text(1);
    message.sent_at = query.maybe_integer(2);
    int column = 3;
    for (auto* field : {&message.direction, &message.type, &message.content, &message.from_number, &message.from_name,
                        &message.to_number, &message.to_name, &message.user_email}) {
      *field = query.maybe_text(column++);
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

MessageState load_message_state(Connection& connection, ItemKey item) {
  return {load_messages(connection, {item}).front(), instant_of(item)};
}

ItemKey insert_message(Connection& connection, ReferenceRows& rows, SearchIndex& index, const MessageState& state) {
  const auto& said = state.said;
  const ItemKey item = allocate_key(connection, index, ItemKind::message, state.at, comparable_id(said.id));
  index.touch_item(item);
  const auto from_id = rows.number_id(said.from_number);
  const auto to_id = rows.number_id(said.to_number);
  connection
      .query(
          "INSERT INTO messages (item, id, sent_at, direction, type, content, from_number, from_number_id,"
          " from_name, to_number, to_number_id, to_name, user_id)"
          " VALUES (:item, :id, :sent_at, :direction, :type, :content, :from_number, :from_number_id,"
          " :from_name, :to_number, :to_number_id, :to_name, :user_id)")
      .bind(item, said.id, said.sent_at, said.direction, said.type, said.content, said.from_number, from_id,
            said.from_name, said.to_number, to_id, said.to_name, rows.user_id(said.user_email))
      .run();
  if (from_id) add_to_timeline(connection, *from_id, item);
  if (to_id) add_to_timeline(connection, *to_id, item);
  return item;
}

void erase_message(Connection& connection, SearchIndex& index, ItemKey item) {
  index.touch_item(item);
  {
    auto query = connection.query("SELECT from_number_id, to_number_id FROM messages WHERE item = :item");
    query.bind(item);
    if (!query.step()) return;
    for (int column = 0; column < 2; ++column) {
      if (!query.is_null(column)) remove_from_timeline(connection, query.integer(column), item);
    }
  }
  connection.query("DELETE FROM messages WHERE item = :item").bind(item).run();
  release_key(connection, index, item);
}

}  // namespace callarchive::storage
