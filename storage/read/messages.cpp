#include "storage/items/messages.h"
#include "storage/read/item_query.h"

namespace callarchive::storage {
namespace {

constexpr const char* kMessage =
    "SELECT m.item, m.id, m.sent_at, m.direction, m.type, m.content, m.from_number, m.from_name, m.to_number,"
    " m.to_name, u.email FROM messages m LEFT JOIN users u ON u.id = m.user_id WHERE m.item = ?";

Message read_message(const Query& query) {
  Message message;
  message.item = query.integer(0);
  message.id = query.text(1);
  message.sent_at = query.maybe_integer(2);
  int column = 3;
  for (auto* field : {&message.direction, &message.type, &message.content, &message.from_number, &message.from_name,
                      &message.to_number, &message.to_name, &message.user_email}) {
    *field = query.maybe_text(column++);
  }
  return message;
}

ItemWalk walk_of(ReadConnection& reader, const MessageFilter& filter) {
  ItemWalk walk(ItemWalk::Over::messages);
  auto& connection = reader.sqlite;
  if (!filter.numbers.empty()) walk.with_numbers(find_number_ids(connection, filter.numbers, reader.default_region));
  if (filter.q) walk.with_text(match_items(connection, reader.tokenizer, *filter.q));
  walk.between(filter.since, filter.until);
  walk.rows.add_if(filter.direction, "m.direction = ?");
  walk.rows.add_if(filter.type, "m.type = ?");
  return walk;
}

}  // namespace

vector<Message> load_messages(Connection& connection, const vector<ItemKey>& items) {
  vector<Message> messages;
  messages.reserve(items.size());
  for (const auto item : items) {
    auto query = connection.query(kMessage);
    query.bind(item);
    if (query.step()) messages.push_back(read_message(query));
  }
  return messages;
}

}  // namespace callarchive::storage

namespace callarchive {

using namespace storage;

Slice<Message> Reader::find_messages(const MessageFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    auto items = walk_of(*connection_, filter).find(connection, page);
    const auto slice = cut(std::move(items), page.limit, [](ItemKey item) { return item; });
    return Slice<Message>{load_messages(connection, slice.rows), slice.has_more, slice.last_key};
  });
}

Count Reader::count_messages(const MessageFilter& filter, bool exact) {
  return ask(*connection_,
             [&](Connection& connection) { return walk_of(*connection_, filter).count(connection, exact); });
}

optional<Message> Reader::find_message(const string& id) {
  return ask(*connection_, [&](Connection& connection) -> optional<Message> {
    const auto item = find_message_item(connection, comparable_id(id));
    if (!item) return {};
    return load_messages(connection, {*item}).front();
  });
}

}  // namespace callarchive
