#pragma once

#include "storage/event.h"
#include "storage/items/item_key.h"

// Calls: how the reports about one are merged, and every statement that reads or writes its rows. A new column is added
// to CallCompleted, merge(), insert_call() and load_calls().

namespace callarchive::storage {

class Connection;
class ReferenceRows;
class SearchIndex;

// What all deliveries about one call say together.
struct CallState {
  CallCompleted said = {};  // tags sorted; data_collected sorted by key
  Millis at = 0;            // the time in the key: the start, or the time of the first delivery if none has a start
  optional<std::int64_t> summary_version = {};
};

// Folds the next event, in order, into the state.
void merge(CallState& state, const CallCompleted& report);
void merge(CallState& state, const TagChanged& change);
void merge(CallState& state, const SummaryChanged& change);

// `comparable` as comparable_id() makes it. Absent if there is no such call.
optional<ItemKey> find_call_item(Connection& connection, const string& comparable);
// Rows in the order of their keys; keys without a row are left out.
vector<Call> load_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript);
// The entries that follow position `after`, at most `limit`.
vector<TranscriptEntry> load_transcript(Connection& connection, ItemKey item, const optional<std::int64_t>& after,
                                        std::int64_t limit);
// The state that insert_call() has written. The call must exist.
CallState load_call_state(Connection& connection, ItemKey item);
// Inserts the call and all rows that belong to it. Returns its key.
ItemKey insert_call(Connection& connection, ReferenceRows& rows, SearchIndex& index, const CallState& state);
// Deletes the call and all rows that belong to it, and frees its key.
void erase_call(Connection& connection, SearchIndex& index, ItemKey item);

// As Call::duration_seconds.
optional<std::int64_t> whole_seconds(const optional<double>& minutes);

// A transcript as one text, in the vendor's form: lines of "SOURCE: text".
string join_transcript(const vector<TranscriptEntry>& entries);

}  // namespace callarchive::storage
