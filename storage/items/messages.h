#pragma once

#include "storage/event.h"
#include "storage/items/item_key.h"

// Messages: what the reports about one say together, and every statement that reads its rows or writes them.

namespace callarchive::storage {

class Connection;
class ReferenceRows;
class SearchIndex;

// What all deliveries about one message say together.
struct MessageState {
  MessageStored said = {};
  Millis at = 0;  // of the key: when it was sent, or when the first delivery spoke if none said when
};

void merge(MessageState& state, const MessageStored& report);

optional<ItemKey> find_message_item(Connection& connection, const string& comparable);
// Whether the message has no id of the vendor (kIdOfWords).
bool is_known_by_words(const MessageStored& message);
// Messages with the same numbers and words within two seconds: those that are known by them alone, or the others.
vector<ItemKey> find_same_words(Connection& connection, ReferenceRows& rows, const MessageState& state, bool by_words);
// Rows in the order of their keys; keys without a row are left out.
vector<Message> load_messages(Connection& connection, const vector<ItemKey>& items);
// The state that insert_message() has written. The message must exist.
MessageState load_message_state(Connection& connection, ItemKey item);
ItemKey insert_message(Connection& connection, ReferenceRows& rows, SearchIndex& index, const MessageState& state);
void erase_message(Connection& connection, SearchIndex& index, ItemKey item);

}  // namespace callarchive::storage
