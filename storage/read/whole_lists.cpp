#include "storage/whole_lists.h"

#include "storage/items/calls.h"
#include "storage/items/contacts.h"
#include "storage/items/messages.h"
#include "storage/read/item_query.h"

#include <limits>
#include <map>

namespace callarchive {
namespace {

using namespace storage;

ItemQuery query_of(ReadConnection& reader, const ItemListFilter& filter) {
  ItemQuery query(!filter.messages ? ItemQuery::Kind::calls
                  : !filter.calls  ? ItemQuery::Kind::messages
                                   : ItemQuery::Kind::both);
  query.apply(reader, filter);
  auto& connection = reader.sqlite;
  for (const auto& number : {filter.contact, filter.line}) {
    if (number) query.with_numbers(find_number_ids(connection, {*number}, reader.default_region));
  }
  if (filter.contact_id) query.with_numbers(find_number_ids_of_contact(connection, *filter.contact_id));
  if (filter.q) query.with_text(match_items(connection, *filter.q));
  if (!filter.results.empty()) {
    query.rows.add("(c.result = ? COLLATE NOCASE OR c.result = ? COLLATE NOCASE)",
                   {filter.results.front(), filter.results.back()});
  }
  for (const auto& tag : filter.tags) {
    query.rows.add(
        "EXISTS (SELECT 1 FROM call_tags x WHERE x.item = c.item AND x.tag_id = (SELECT id FROM tags WHERE name = ?))",
        {tag});
  }
  if (filter.has_recording_link) query.rows.add("c.recording_url IS NOT NULL");
  return query;
}

vector<string> texts(Connection& connection, const string& sql) {
  vector<string> found;
  auto query = connection.query(sql);
  while (query.step()) found.push_back(query.text(0));
  return found;
}

}  // namespace

vector<ItemKey> Reader::find_item_keys(const ItemListFilter& filter) {
  return ask(*connection_, [&](Connection& connection) { return query_of(*connection_, filter).find_all(connection); });
}

vector<ItemKey> Reader::find_conversation_keys(const string& line, const optional<Millis>& since) {
  return ask(*connection_, [&](Connection& connection) {
    vector<ItemKey> keys;
    const auto id = find_number_id(connection, line, connection_->default_region);
    if (!id) return keys;
    auto query = connection.query(
        "SELECT max(t.item) AS newest FROM timeline t LEFT JOIN calls c ON c.item = t.item"
        " LEFT JOIN messages m ON m.item = t.item WHERE t.number_id = ?1"
        " GROUP BY CASE WHEN coalesce(c.from_number_id, m.from_number_id) = ?1"
        " THEN coalesce(c.to_number_id, m.to_number_id) ELSE coalesce(c.from_number_id, m.from_number_id) END"
        " HAVING newest >= ?2 ORDER BY newest DESC");
    query.bind(*id, since ? first_key_at(*since) : std::numeric_limits<std::int64_t>::min());
    while (query.step()) keys.push_back(query.integer(0));
    return keys;
  });
}

vector<TimelineItem> Reader::find_items(const vector<ItemKey>& keys, bool include_transcript) {
  return ask(*connection_, [&](Connection& connection) {
    vector<ItemKey> call_keys, message_keys;
    for (const auto key : keys) (kind_of(key) == ItemKind::call ? call_keys : message_keys).push_back(key);
    std::map<ItemKey, TimelineItem> by_key;
    for (auto& call : load_shown_calls(connection, call_keys, include_transcript)) {
      const auto item = call.item;
      by_key[item] = {instant_of(item), std::move(call), {}};
    }
    for (auto& message : load_messages(connection, message_keys)) {
      const auto item = message.item;
      by_key[item] = {instant_of(item), {}, std::move(message)};
    }
    vector<TimelineItem> items;
    for (const auto key : keys) {
      if (auto found = by_key.extract(key)) items.push_back(std::move(found.mapped()));
    }
    return items;
  });
}

vector<std::int64_t> Reader::find_contact_keys(const ContactFilter& filter, ContactOrder order) {
  return ask(*connection_, [&](Connection& connection) {
    const auto where = contact_conditions(*connection_, filter);
    const char* column = order == ContactOrder::name      ? "c.sort_key"
                         : order == ContactOrder::created ? "(SELECT at FROM deliveries WHERE id = c.created_by)"
                                                          : "(SELECT at FROM deliveries WHERE id = c.updated_by)";
    auto query = connection.query("SELECT c.key FROM contacts c" + where.sql() + " ORDER BY " + column + ", c.key");
    where.bind(query);
    vector<std::int64_t> keys;
    while (query.step()) keys.push_back(query.integer(0));
    return keys;
  });
}

vector<Contact> Reader::load_contacts_of(const vector<std::int64_t>& keys) {
  return ask(*connection_, [&](Connection& connection) { return load_contacts(connection, keys); });
}

vector<string> Reader::find_lines() {
  return ask(*connection_, [&](Connection& connection) {
    const auto lines_in = [](const string& table) {
      return "SELECT CASE WHEN direction = 'OUTBOUND' COLLATE NOCASE THEN from_number_id ELSE to_number_id END AS line"
             " FROM " +
             table;
    };
    return texts(connection, "SELECT n.number FROM numbers n WHERE n.id IN (SELECT line FROM (" + lines_in("calls") +
                                 " UNION " + lines_in("messages") + ") WHERE line IS NOT NULL) ORDER BY n.number");
  });
}

vector<string> Reader::find_tag_names() {
  return ask(*connection_,
             [](Connection& connection) { return texts(connection, "SELECT name FROM tags ORDER BY name"); });
}

vector<string> Reader::find_user_emails() {
  return ask(*connection_,
             [](Connection& connection) { return texts(connection, "SELECT email FROM users ORDER BY email"); });
}

vector<KeptBody> Reader::find_bodies_about(ObjectKind kind, const string& id) {
  constexpr const char* kNames[] = {"call:", "message:", "contact:"};
  return ask(*connection_, [&](Connection& connection) {
    auto query = connection.query(
        "SELECT dialect, body FROM deliveries WHERE object_key = ? AND repeat_of IS NULL ORDER BY at, id");
    query.bind(row_key(kNames[static_cast<int>(kind)] + comparable_id(id)));
    vector<KeptBody> bodies;
    while (query.step()) bodies.push_back({query.text(0), query.text(1)});
    return bodies;
  });
}

}  // namespace callarchive
