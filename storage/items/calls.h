#pragma once

#include "storage/event.h"
#include "storage/items/item_key.h"

// Calls: what the reports about one say together, and every statement that reads its rows or writes them. A new column
// is added to CallCompleted, merge(), insert_call() and load_calls().

namespace callarchive::storage {

class Connection;
class ReferenceRows;
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
// Rows in the order of their keys; keys without a row are left out.
vector<Call> load_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript);
// The entries that follow position `after`, at most `limit`.
vector<TranscriptEntry> load_transcript(Connection& connection, ItemKey item, const optional<std::int64_t>& after,
                                        std::int64_t limit);
// The state that insert_call() has written. The call must exist.
CallState load_call_state(Connection& connection, ItemKey item);
// Makes the row and all that hangs on it. Returns its key.
ItemKey insert_call(Connection& connection, ReferenceRows& rows, SearchIndex& index, const CallState& state);
void erase_call(Connection& connection, SearchIndex& index, ItemKey item);

// As Call::duration_seconds.
optional<std::int64_t> whole_seconds(const optional<double>& minutes);

// The vendor's one-text form of a transcript, as it is made of the entries: "SOURCE: text" lines.
string join_transcript(const vector<TranscriptEntry>& entries);

}  // namespace callarchive::storage
