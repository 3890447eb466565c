#include "storage/items/calls.h"
#include "storage/read/item_query.h"
#include "storage/recordings/rows.h"

#include <map>

namespace callarchive::storage {
namespace {

ItemQuery query_of(ReadConnection& reader, const CallFilter& filter) {
  ItemQuery query(ItemQuery::Kind::calls);
  query.apply(reader, filter);
  auto& connection = reader.sqlite;
  if (filter.contact_id) query.with_numbers(find_number_ids_of_contact(connection, *filter.contact_id));
  if (filter.q) query.with_text(match_items(connection, *filter.q));
  query.rows.add_if(filter.min_duration, "c.duration_seconds >= ?");
  query.rows.add_if(filter.max_duration, "c.duration_seconds <= ?");
  const auto with_state = [&](RecordingState state) {
    query.rows.add("EXISTS (SELECT 1 FROM recordings r WHERE r.call_key = c.id_key AND r.position = 0 AND r.state = ?)",
                   {string(to_text(state))});
  };
  if (filter.has_recording) with_state(RecordingState::kept);
  if (filter.recording_state) with_state(*filter.recording_state);
  if (filter.has_recording_link) query.rows.add("c.recording_url IS NOT NULL");
  if (filter.has_transcript) query.rows.add("(c.transcript_entry_count > 0 OR c.concatenated_transcript IS NOT NULL)");
  for (const auto& member : filter.collected) add_member(query.rows, "c.item", "item", "collected_data", member);
  if (filter.has_summary) query.rows.add("c.summary IS NOT NULL");
  return query;
}

}  // namespace

vector<Call> load_shown_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript) {
  auto calls = load_calls(connection, items, include_transcript);
  std::map<ItemKey, Call*> by_item;
  for (auto& call : calls) by_item[call.item] = &call;
  for_recordings_of(connection, key_list(items),
                    [&](ItemKey item, Recording recording) { by_item.at(item)->recording = std::move(recording); });
  return calls;
}

}  // namespace callarchive::storage

namespace callarchive {

using namespace storage;

Slice<Call> Reader::find_calls(const CallFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    auto items = query_of(*connection_, filter).find(connection, page);
    const auto slice = cut(std::move(items), page.limit, [](ItemKey item) { return item; });
    return Slice<Call>{load_shown_calls(connection, slice.rows, filter.include_transcript), slice.has_more,
                       slice.last_key};
  });
}

Count Reader::count_calls(const CallFilter& filter, bool exact) {
  return ask(*connection_,
             [&](Connection& connection) { return query_of(*connection_, filter).count(connection, exact); });
}

optional<Call> Reader::find_call(const string& id, bool include_transcript) {
  return ask(*connection_, [&](Connection& connection) -> optional<Call> {
    const auto item = find_call_item(connection, comparable_id(id));
    if (!item) return {};
    return load_shown_calls(connection, {*item}, include_transcript).front();
  });
}

optional<Slice<TranscriptEntry>> Reader::find_transcript(const string& call_id, const Page& page) {
  return ask(*connection_, [&](Connection& connection) -> optional<Slice<TranscriptEntry>> {
    const auto item = find_call_item(connection, comparable_id(call_id));
    if (!item) return {};
    auto entries = load_transcript(connection, *item, page.after, page.limit + 1);
    return cut(std::move(entries), page.limit, [](const TranscriptEntry& entry) { return entry.position; });
  });
}

vector<Call> Reader::find_call_chain(const string& id) {
  return ask(*connection_, [&](Connection& connection) {
    const auto item = find_call_item(connection, comparable_id(id));
    if (!item) return vector<Call>{};
    // Up to the first call of the chain and down to all that came of it, also where the first one never arrived; UNION
    // ends the recursion in a circle.
    auto query = connection.query(
        "WITH RECURSIVE chain (item) AS ("
        " SELECT ?"
        " UNION SELECT other.item FROM chain JOIN calls c ON c.item = chain.item"
        "       JOIN calls other ON other.id_key = c.transfer_original_key"
        " UNION SELECT other.item FROM chain JOIN calls c ON c.item = chain.item"
        "       JOIN calls other ON other.transfer_original_key = c.id_key"
        " UNION SELECT other.item FROM chain JOIN calls c ON c.item = chain.item"
        "       JOIN calls other ON other.transfer_original_key = c.transfer_original_key)"
        " SELECT item FROM chain ORDER BY item");
    query.bind(*item);
    vector<ItemKey> items;
    while (query.step()) items.push_back(query.integer(0));
    return load_shown_calls(connection, items, false);
  });
}

}  // namespace callarchive
