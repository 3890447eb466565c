#include "storage/items/calls.h"
#include "storage/items/messages.h"
#include "storage/read/item_query.h"

namespace callarchive {
namespace {

using namespace storage;

constexpr const char* kNumber =
    "SELECT id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count FROM numbers";

Number read_number(const Query& query) {
  Number number;
  number.number = query.text(1);
  number.kind = query.text(2);
  number.country = query.maybe_text(3);
  number.first_seen_at = query.maybe_integer(4);
  number.last_seen_at = query.maybe_integer(5);
  number.call_count = query.integer(6);
  number.message_count = query.integer(7);
  return number;
}

vector<Contact> contacts_of(Connection& connection, std::int64_t number_id) {
  vector<Contact> contacts;
  auto query = connection.query(
      "SELECT DISTINCT c.key, c.id, c.name, c.last_name, co.vendor_id, co.name, c.company_id IS NOT NULL"
      " FROM contact_numbers cn JOIN contacts c ON c.key = cn.contact_key"
      " LEFT JOIN companies co ON co.id = c.company_id WHERE cn.number_id = ? ORDER BY c.id_key");
  query.bind(number_id);
  while (query.step()) {
    Contact contact;
    contact.key = query.integer(0);
    contact.id = query.text(1);
    contact.name = query.maybe_text(2);
    contact.last_name = query.maybe_text(3);
    if (query.integer(6) != 0) contact.company = Company{query.maybe_text(4), query.maybe_text(5)};
    contacts.push_back(std::move(contact));
  }
  return contacts;
}

void add_conditions(const NumberFilter& filter, Where& where) {
  where.add_if(filter.kind, "kind = ?");
  where.add_if(filter.country, "country = ?");
}

ItemQuery query_of(ReadConnection& reader, const vector<string>& numbers, const TimelineFilter& filter) {
  ItemQuery query(ItemQuery::Kind::both);
  query.with_numbers(find_number_ids(reader.sqlite, numbers, reader.default_region));
  query.between(filter.since, filter.until);
  return query;
}

}  // namespace

vector<TimelineItem> storage::load_items(Connection& connection, const vector<ItemKey>& keys) {
  vector<ItemKey> call_keys, message_keys;
  for (const auto key : keys) (kind_of(key) == ItemKind::call ? call_keys : message_keys).push_back(key);
  auto calls = load_shown_calls(connection, call_keys, false);
  auto messages = load_messages(connection, message_keys);
  auto call = calls.begin();
  auto message = messages.begin();
  vector<TimelineItem> items;
  items.reserve(keys.size());
  for (const auto key : keys) {
    TimelineItem item;
    item.at = instant_of(key);
    if (kind_of(key) == ItemKind::call) item.call = std::move(*call++);
    else item.message = std::move(*message++);
    items.push_back(std::move(item));
  }
  return items;
}

optional<Number> Reader::find_number(const string& text) {
  return ask(*connection_, [&](Connection& connection) -> optional<Number> {
    const auto id = find_number_id(connection, text, connection_->default_region);
    if (!id) return {};
    auto query = connection.query(string(kNumber) + " WHERE id = ?");
    query.bind(*id);
    query.step();
    auto number = read_number(query);
    number.contacts = contacts_of(connection, *id);
    return number;
  });
}

Slice<Number> Reader::find_numbers(const NumberFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    add_conditions(filter, where);
    // The order is that of the canonical text; the cursor names the row it ended with.
    if (page.after) where.add("number > (SELECT number FROM numbers WHERE id = ?)", {*page.after});
    auto query = connection.query(string(kNumber) + where.sql() + " ORDER BY number LIMIT ?");
    where.bind(query);
    query.bind(page.limit + 1);
    vector<std::pair<std::int64_t, Number>> rows;
    while (query.step()) rows.emplace_back(query.integer(0), read_number(query));
    auto kept = cut(std::move(rows), page.limit, [](const auto& row) { return row.first; });
    Slice<Number> slice{{}, kept.has_more, kept.last_key};
    for (auto& [id, number] : kept.rows) {
      number.contacts = contacts_of(connection, id);
      slice.rows.push_back(std::move(number));
    }
    return slice;
  });
}

Count Reader::count_numbers(const NumberFilter& filter, bool exact) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    add_conditions(filter, where);
    return count_rows(connection, "SELECT 1 FROM numbers", where, exact);
  });
}

Slice<TimelineItem> Reader::find_timeline(const vector<string>& numbers, const TimelineFilter& filter,
                                          const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    auto keys = query_of(*connection_, numbers, filter).find(connection, page);
    const auto slice = cut(std::move(keys), page.limit, [](ItemKey key) { return key; });
    return Slice<TimelineItem>{load_items(connection, slice.rows), slice.has_more, slice.last_key};
  });
}

Count Reader::count_timeline(const vector<string>& numbers, const TimelineFilter& filter, bool exact) {
  return ask(*connection_,
             [&](Connection& connection) { return query_of(*connection_, numbers, filter).count(connection, exact); });
}

}  // namespace callarchive
