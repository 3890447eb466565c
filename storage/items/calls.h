#pragma once

#include "storage/event.h"
#include "storage/items/item_key.h"

// Every statement that writes calls.

namespace callarchive::storage {

class Connection;
class Directory;
class SearchIndex;

// What all deliveries about one call say together.
struct CallState {
  CallCompleted said = {};  // tags sorted; data_collected sorted by key
  Millis at = 0;            // of the key: the start, or when the first delivery spoke if none named a start
  optional<std::int64_t> summary_version = {};
};

// Folds the next event, in order, into the state.
void merge(CallState& state, const CallCompleted& report);
void merge(CallState& state, const TagChanged& change);
void merge(CallState& state, const SummaryChanged& change);

optional<ItemKey> find_call_item(Connection& connection, const string& comparable);
CallState load_call(Connection& connection, ItemKey item);
// Makes the row and all that hangs on it. Returns its key.
ItemKey insert_call(Connection& connection, Directory& directory, SearchIndex& index, const CallState& state);
void erase_call(Connection& connection, SearchIndex& index, ItemKey item);

// The vendor's one-text form of a transcript, as it is made of the entries: "SOURCE: text" lines.
string join_transcript(const vector<TranscriptEntry>& entries);

}  // namespace callarchive::storage
