#pragma once

#include "storage/event.h"
#include "storage/items/item_key.h"

// Messages: how the reports about one are merged, and every statement that reads or writes its rows.

namespace callarchive::storage {

class Connection;
class ReferenceRows;
class SearchIndex;

// What all deliveries about one message say together.
struct MessageState {
  MessageStored said = {};
  Millis at = 0;  // the time in the key: when it was sent, or the time of the first delivery if none says when
};

// Folds the next report, in order, into the state.
void merge(MessageState& state, const MessageStored& report);

// `comparable` as comparable_id() makes it. Absent if there is no such message.
optional<ItemKey> find_message_item(Connection& connection, const string& comparable);
// Whether the message has no id of the vendor (kIdOfWords).
bool is_known_by_words(const MessageStored& message);
// Messages with the same numbers and words within two seconds: those that are known by them alone, or the others.
vector<ItemKey> find_same_words(Connection& connection, ReferenceRows& rows, const MessageState& state, bool by_words);
// Rows in the order of their keys; keys without a row are left out.
vector<Message> load_messages(Connection& connection, const vector<ItemKey>& items);
// The state that insert_message() has written. The message must exist.
MessageState load_message_state(Connection& connection, ItemKey item);
// Inserts the message and its places in the timeline. Returns its key.
ItemKey insert_message(Connection& connection, ReferenceRows& rows, SearchIndex& index, const MessageState& state);
// Deletes them, and frees the key.
void erase_message(Connection& connection, SearchIndex& index, ItemKey item);

}  // namespace callarchive::storage
