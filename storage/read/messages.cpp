#include "storage/items/messages.h"
#include "storage/read/item_query.h"

namespace callarchive::storage {
namespace {

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
