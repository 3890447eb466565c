#include "storage/items/messages.h"
#include "storage/read/item_query.h"

namespace callarchive::storage {
namespace {

ItemQuery query_of(ReadConnection& reader, const MessageFilter& filter) {
  ItemQuery query(ItemQuery::Kind::messages);
  query.apply(reader, filter);
  if (filter.q) query.with_text(match_items(reader.sqlite, *filter.q));
  query.rows.add_if(filter.type, "m.type = ? COLLATE NOCASE");
  return query;
}

}  // namespace

}  // namespace callarchive::storage

namespace callarchive {

using namespace storage;

Slice<Message> Reader::find_messages(const MessageFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    auto items = query_of(*connection_, filter).find(connection, page);
    const auto slice = cut(std::move(items), page.limit, [](ItemKey item) { return item; });
    return Slice<Message>{load_messages(connection, slice.rows), slice.has_more, slice.last_key};
  });
}

Count Reader::count_messages(const MessageFilter& filter, bool exact) {
  return ask(*connection_,
             [&](Connection& connection) { return query_of(*connection_, filter).count(connection, exact); });
}

optional<Message> Reader::find_message(const string& id) {
  return ask(*connection_, [&](Connection& connection) -> optional<Message> {
    const auto item = find_message_item(connection, comparable_id(id));
    if (!item) return {};
    return load_messages(connection, {*item}).front();
  });
}

}  // namespace callarchive
