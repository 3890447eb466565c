#include "storage/changes.h"

#include "storage/items/calls.h"
#include "storage/items/contacts.h"
#include "storage/items/item_key.h"
#include "storage/items/messages.h"
#include "storage/read/connection.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace callarchive {
namespace {

using namespace storage;

constexpr std::int64_t kAtOnce = 50;  // changes whose things are loaded together

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

// Things of one kind by what `key_of` says of them, for changes that name them in any order and more than once.
template <typename Key, typename Thing, typename KeyOf>
void put_things(vector<Change>& changes, const std::map<std::size_t, Key>& wanted, const vector<Thing>& things,
                const KeyOf& key_of) {
  std::map<Key, const Thing*> by_key;
  for (const Thing& thing : things) by_key[key_of(thing)] = &thing;
  for (const auto& [place, key] : wanted) {
    if (const auto found = by_key.find(key); found != by_key.end()) changes[place].thing = *found->second;
  }
}

template <typename Key>
vector<Key> distinct(const std::map<std::size_t, Key>& wanted) {
  std::set<Key> keys;
  for (const auto& [place, key] : wanted) keys.insert(key);
  return {keys.begin(), keys.end()};
}

// Fills in what the changes are about, in one query for each kind.
void load_things(Connection& connection, vector<Change>& changes, const std::set<std::size_t>& erased) {
  std::map<std::size_t, ItemKey> calls, messages;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Change& change = changes[i];
    if (erased.contains(i)) continue;
    const string id = comparable_id(change.id);
    if (change.kind == Change::Kind::call) {
      if (const auto item = find_call_item(connection, id)) calls[i] = *item;
    } else if (change.kind == Change::Kind::message) {
      if (const auto item = find_message_item(connection, id)) messages[i] = *item;
    } else if (auto contact = load_contact(connection, change.id)) {
      change.thing = std::move(*contact);
    }
  }
  const auto item_of = [](const auto& thing) { return thing.item; };
  if (!calls.empty()) put_things(changes, calls, load_shown_calls(connection, distinct(calls), true), item_of);
  if (!messages.empty()) put_things(changes, messages, load_messages(connection, distinct(messages)), item_of);
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

// The next changes behind a position, with their things, and the position behind them.
std::pair<vector<Change>, FeedPosition> read_changes(Connection& connection, FeedPosition after, std::int64_t limit) {
  vector<Change> changes;
  std::set<std::size_t> erased;
  auto query = connection.query(string(kChange) + " WHERE c.seq > ? ORDER BY c.seq LIMIT ?");
  query.bind(after.seq, limit);
  while (query.step()) {
    if (query.integer(4) != 0) erased.insert(changes.size());
    after.seq = query.integer(0);
    after.check = query.integer(5);
    changes.push_back({after.seq, kind_from(query.text(1)), query.text(2), query.maybe_integer(3), {}});
  }
  load_things(connection, changes, erased);
  return {std::move(changes), std::move(after)};
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
    std::size_t bytes = 0;
    try {
      while (page.next.seq < page.head && static_cast<std::int64_t>(page.changes.size()) < limit &&
             bytes < most_bytes) {
        const auto left = limit - static_cast<std::int64_t>(page.changes.size());
        auto [changes, next] = read_changes(connection, page.next, std::min(left, kAtOnce));
        for (const Change& change : changes) bytes += size_of(change);
        std::move(changes.begin(), changes.end(), std::back_inserter(page.changes));
        page.next = std::move(next);
      }
    } catch (const SQLite::Exception& error) {
      // What was read in the time is a page, too.
      if (error.getErrorCode() != SQLITE_INTERRUPT || page.changes.empty()) throw;
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
