#include "storage/changes.h"

#include "storage/items/calls.h"
#include "storage/items/contacts.h"
#include "storage/items/item_key.h"
#include "storage/items/messages.h"
#include "storage/read/connection.h"

namespace callarchive {
namespace {

using namespace storage;

constexpr const char* kChange =
    "SELECT c.seq, c.kind, c.object_id, c.delivery_id, c.erased, coalesce(d.received_at, 0)"
    " FROM changes c LEFT JOIN deliveries d ON d.id = c.delivery_id";

Change::Kind kind_from(const string& text) {
  return text == "message" ? Change::Kind::message : text == "contact" ? Change::Kind::contact : Change::Kind::call;
}

string find_epoch(Connection& connection) {
  auto query = connection.query("SELECT value FROM settings WHERE name = 'feed_epoch'");
  return query.step() ? query.text(0) : string();
}

void require_same_history(Connection& connection, const FeedPosition& after, const string& epoch) {
  if (after.epoch.empty() && after.seq == 0) return;
  if (after.epoch != epoch) throw HistoryChanged();
  if (after.seq == 0) return;
  auto query = connection.query(string(kChange) + " WHERE c.seq = ?");
  query.bind(after.seq);
  if (!query.step() || query.integer(5) != after.check) throw HistoryChanged();
}

void load(Connection& connection, Change& change) {
  const string id = comparable_id(change.id);
  switch (change.kind) {
    case Change::Kind::call:
      if (const auto item = find_call_item(connection, id)) {
        change.thing = std::move(load_shown_calls(connection, {*item}, true).front());
      }
      return;
    case Change::Kind::message:
      if (const auto item = find_message_item(connection, id)) {
        change.thing = std::move(load_messages(connection, {*item}).front());
      }
      return;
    case Change::Kind::contact:
      if (auto contact = load_contact(connection, change.id)) change.thing = std::move(*contact);
  }
}

// About as many bytes as its text has.
std::size_t size_of(const Change& change) {
  std::size_t size = 500;
  if (const auto* call = std::get_if<Call>(&change.thing)) {
    for (const auto& entry : call->transcript) size += entry.text.size() + 100;
    size += call->summary.value_or("").size();
  } else if (const auto* message = std::get_if<Message>(&change.thing)) {
    size += message->content.value_or("").size();
  }
  return size;
}

}  // namespace

const char* to_text(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::call: return "call";
    case Change::Kind::message: return "message";
    case Change::Kind::contact: break;
  }
  return "contact";
}

ChangePage Reader::find_changes(const FeedPosition& after, std::int64_t limit, std::size_t most_bytes) {
  return ask(*connection_, [&](Connection& connection) {
    ChangePage page;
    const string epoch = find_epoch(connection);
    require_same_history(connection, after, epoch);
    page.head = connection.integer("SELECT coalesce(max(seq), 0) FROM changes");
    page.next = {epoch, after.seq, after.check};
    auto query = connection.query(string(kChange) + " WHERE c.seq > ? ORDER BY c.seq LIMIT ?");
    query.bind(after.seq, limit);
    for (std::size_t bytes = 0; bytes < most_bytes && query.step();) {
      Change change{query.integer(0), kind_from(query.text(1)), query.text(2), query.maybe_integer(3), {}};
      if (query.integer(4) == 0) load(connection, change);
      bytes += size_of(change);
      page.next = {epoch, change.seq, query.integer(5)};
      page.changes.push_back(std::move(change));
    }
    page.has_more = page.next.seq < page.head;
    return page;
  });
}

FeedPosition Reader::find_feed_head() {
  return ask(*connection_, [&](Connection& connection) {
    FeedPosition head{find_epoch(connection), 0, 0};
    auto query = connection.query(string(kChange) + " ORDER BY c.seq DESC LIMIT 1");
    if (query.step()) head = {head.epoch, query.integer(0), query.integer(5)};
    return head;
  });
}

}  // namespace callarchive
