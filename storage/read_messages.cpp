#include "storage/item_key.h"
#include "storage/messages.h"
#include "storage/read_connection.h"

#include <set>

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

void add_conditions(const MessageFilter& filter, Where& where, const string& key) {
  if (filter.since) where.add(key + " >= ?", {first_key_at(*filter.since)});
  if (filter.until) where.add(key + " < ?", {first_key_at(*filter.until)});
  where.add_if(filter.direction, "m.direction = ?");
  where.add_if(filter.type, "m.type = ?");
}

vector<ItemKey> find_items(Connection& connection, const MessageFilter& filter,
                           const optional<std::int64_t>& number_id, const Page& page) {
  Where where;
  const string key = number_id ? "t.item" : "m.item";
  if (number_id) {
    where.add("t.number_id = ?", {*number_id});
    where.add("t.item & 1 = 1");
  }
  if (page.after) where.add(key + " < ?", {*page.after});
  add_conditions(filter, where, key);
  auto query = connection.query("SELECT " + key +
                                (number_id ? " FROM timeline t JOIN messages m ON m.item = t.item" : " FROM messages m") +
                                where.sql() + " ORDER BY " + key + " DESC LIMIT " + std::to_string(page.limit + 1));
  where.bind(query);
  vector<ItemKey> items;
  while (query.step()) items.push_back(query.integer(0));
  return items;
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
    vector<ItemKey> items;
    if (filter.numbers.empty()) {
      items = find_items(connection, filter, {}, page);
    } else {
      // The newest of all are among the newest of each.
      std::set<ItemKey, std::greater<>> merged;
      for (const auto id : find_number_ids(connection, filter.numbers, connection_->default_region)) {
        for (const auto item : find_items(connection, filter, id, page)) merged.insert(item);
      }
      items.assign(merged.begin(), merged.end());
      if (items.size() > static_cast<std::size_t>(page.limit) + 1) items.resize(static_cast<std::size_t>(page.limit) + 1);
    }
    auto slice = cut(std::move(items), page.limit, [](ItemKey item) { return item; });
    return Slice<Message>{load_messages(connection, slice.rows), slice.has_more, slice.last_key};
  });
}

Count Reader::count_messages(const MessageFilter& filter, bool exact) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    if (!filter.numbers.empty()) {
      const auto ids = find_number_ids(connection, filter.numbers, connection_->default_region);
      if (ids.empty()) return Count{0, true};
      where.add("m.item IN (SELECT item FROM timeline WHERE number_id IN (" + key_list(ids) + ") AND item & 1 = 1)");
    }
    add_conditions(filter, where, "m.item");
    return count_rows(connection, "SELECT 1 FROM messages m", where, exact);
  });
}

optional<Message> Reader::find_message(const string& id) {
  return ask(*connection_, [&](Connection& connection) -> optional<Message> {
    const auto item = find_message_item(connection, comparable_id(id));
    if (!item) return {};
    return load_messages(connection, {*item}).front();
  });
}

}  // namespace callarchive
