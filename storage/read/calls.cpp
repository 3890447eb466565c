#include "storage/items/calls.h"
#include "storage/read/item_query.h"

#include <map>

namespace callarchive::storage {
namespace {

constexpr const char* kCallColumns =
    "SELECT c.item, c.id, c.started_at, c.direction, c.result, c.from_number, c.from_name, c.to_number, c.to_name,"
    " c.original_to_number, c.original_to_name, c.length_in_minutes, c.duration_seconds, c.length, u.email,"
    " c.integration_id, c.summary, c.one_sentence_summary, c.recording_url, c.transfer_original_call_id,"
    " c.transcript_entry_count, c.concatenated_transcript"
    " FROM calls c LEFT JOIN users u ON u.id = c.user_id";

Call read_call(const Query& query) {
  Call call;
  int column = 0;
  call.item = query.integer(column++);
  call.id = query.text(column++);
  call.started_at = query.maybe_integer(column++);
  for (auto* field : {&call.direction, &call.result, &call.from_number, &call.from_name, &call.to_number, &call.to_name,
                      &call.original_to_number, &call.original_to_name}) {
    *field = query.maybe_text(column++);
  }
  call.length_in_minutes = query.maybe_real(column++);
  call.duration_seconds = query.maybe_integer(column++);
  for (auto* field : {&call.length, &call.user_email, &call.integration_id, &call.summary, &call.one_sentence_summary,
                      &call.recording_url, &call.transfer_original_call_id}) {
    *field = query.maybe_text(column++);
  }
  call.transcript_entry_count = query.integer(column++);
  return call;
}

// Runs a query about all calls of a page and hands each row to its call.
template <typename Take>
void for_children(Connection& connection, const char* sql, const string& items, std::map<ItemKey, Call*>& calls,
                  const Take& take) {
  auto query = connection.query(sql);
  query.bind(items);
  while (query.step()) take(*calls.at(query.integer(0)), query);
}

void load_children(Connection& connection, vector<Call>& calls, bool include_transcript) {
  if (calls.empty()) return;
  std::map<ItemKey, Call*> by_item;
  vector<ItemKey> keys;
  for (auto& call : calls) {
    by_item[call.item] = &call;
    keys.push_back(call.item);
  }
  const string items = key_list(keys);
  for_children(connection,
               "SELECT ct.item, t.name FROM call_tags ct JOIN tags t ON t.id = ct.tag_id"
               " WHERE ct.item IN (SELECT value FROM json_each(?)) ORDER BY t.name",
               items, by_item, [](Call& call, Query& row) { call.tags.push_back(row.text(1)); });
  for_children(connection,
               "SELECT item, key, value FROM collected_data WHERE item IN (SELECT value FROM json_each(?))"
               " ORDER BY item, key",
               items, by_item, [](Call& call, Query& row) {
                 call.data_collected.push_back({row.text(1), row.text(2)});
               });
  for_children(connection,
               "SELECT item, dtmf_key, text_key FROM ivr_results WHERE item IN (SELECT value FROM json_each(?))"
               " ORDER BY item, position",
               items, by_item, [](Call& call, Query& row) {
                 call.ivr_result.push_back({row.maybe_text(1), row.maybe_text(2)});
               });
  for_children(connection,
               "SELECT item, side, number, user_email, user_name FROM call_transfers"
               " WHERE item IN (SELECT value FROM json_each(?)) ORDER BY item",
               items, by_item, [](Call& call, Query& row) {
                 auto& party = row.text(1) == "from" ? call.transfer_from : call.transfer_to;
                 party = TransferParty{row.maybe_text(2), row.maybe_text(3), row.maybe_text(4)};
               });
  if (!include_transcript) return;
  for_children(connection,
               "SELECT item, position, source, time, start_seconds, end_seconds, text FROM transcript_entries"
               " WHERE item IN (SELECT value FROM json_each(?)) ORDER BY item, position",
               items, by_item, [](Call& call, Query& row) {
                 call.transcript.push_back({row.integer(1), row.maybe_text(2), row.maybe_integer(3), row.maybe_real(4),
                                            row.maybe_real(5), row.text(6)});
               });
  for_children(connection,
               "SELECT item, concatenated_transcript FROM calls WHERE item IN (SELECT value FROM json_each(?))", items,
               by_item, [](Call& call, Query& row) {
                 call.concatenated_transcript = row.maybe_text(1);
                 if (!call.concatenated_transcript && !call.transcript.empty()) {
                   call.concatenated_transcript = join_transcript(call.transcript);
                 }
               });
}

ItemWalk walk_of(ReadConnection& reader, const CallFilter& filter) {
  ItemWalk walk(ItemWalk::Over::calls);
  auto& connection = reader.sqlite;
  if (!filter.numbers.empty()) walk.with_numbers(find_number_ids(connection, filter.numbers, reader.default_region));
  if (filter.contact_id) walk.with_numbers(find_number_ids_of_contact(connection, *filter.contact_id));
  if (filter.q) walk.with_text(match_items(connection, reader.tokenizer, *filter.q));
  if (filter.tag) walk.with_tag(*filter.tag);
  if (filter.user_email) walk.with_users(find_user_ids(connection, *filter.user_email));
  walk.between(filter.since, filter.until);
  walk.rows.add_if(filter.direction, "c.direction = ?");
  walk.rows.add_if(filter.result, "c.result = ?");
  walk.rows.add_if(filter.min_duration, "c.duration_seconds >= ?");
  walk.rows.add_if(filter.max_duration, "c.duration_seconds <= ?");
  if (filter.has_recording) walk.rows.add("c.recording_url IS NOT NULL");
  if (filter.has_transcript) walk.rows.add("(c.transcript_entry_count > 0 OR c.concatenated_transcript IS NOT NULL)");
  if (filter.has_summary) walk.rows.add("c.summary IS NOT NULL");
  return walk;
}

}  // namespace

vector<Call> load_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript) {
  vector<Call> calls;
  calls.reserve(items.size());
  for (const auto item : items) {
    auto query = connection.query(string(kCallColumns) + " WHERE c.item = ?");
    query.bind(item);
    if (query.step()) calls.push_back(read_call(query));
  }
  load_children(connection, calls, include_transcript);
  return calls;
}

}  // namespace callarchive::storage

namespace callarchive {

using namespace storage;

Slice<Call> Reader::find_calls(const CallFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    auto items = walk_of(*connection_, filter).find(connection, page);
    const auto slice = cut(std::move(items), page.limit, [](ItemKey item) { return item; });
    return Slice<Call>{load_calls(connection, slice.rows, filter.include_transcript), slice.has_more, slice.last_key};
  });
}

Count Reader::count_calls(const CallFilter& filter, bool exact) {
  return ask(*connection_,
             [&](Connection& connection) { return walk_of(*connection_, filter).count(connection, exact); });
}

optional<Call> Reader::find_call(const string& id, bool include_transcript) {
  return ask(*connection_, [&](Connection& connection) -> optional<Call> {
    const auto item = find_call_item(connection, comparable_id(id));
    if (!item) return {};
    return load_calls(connection, {*item}, include_transcript).front();
  });
}

optional<Slice<TranscriptEntry>> Reader::find_transcript(const string& call_id, const Page& page) {
  return ask(*connection_, [&](Connection& connection) -> optional<Slice<TranscriptEntry>> {
    const auto item = find_call_item(connection, comparable_id(call_id));
    if (!item) return {};
    vector<TranscriptEntry> entries;
    auto query = connection.query(
        "SELECT position, source, time, start_seconds, end_seconds, text FROM transcript_entries"
        " WHERE item = ? AND position > ? ORDER BY position LIMIT ?");
    query.bind(*item, page.after.value_or(-1), page.limit + 1);
    while (query.step()) {
      entries.push_back({query.integer(0), query.maybe_text(1), query.maybe_integer(2), query.maybe_real(3),
                         query.maybe_real(4), query.text(5)});
    }
    return cut(std::move(entries), page.limit, [](const TranscriptEntry& entry) { return entry.position; });
  });
}

vector<Call> Reader::find_call_chain(const string& id) {
  return ask(*connection_, [&](Connection& connection) {
    const auto item = find_call_item(connection, comparable_id(id));
    if (!item) return vector<Call>{};
    // Up to the first call of the chain and down to all that came of it; UNION ends the walk in a circle.
    auto query = connection.query(
        "WITH RECURSIVE chain (item) AS ("
        " SELECT ?"
        " UNION SELECT other.item FROM chain JOIN calls c ON c.item = chain.item"
        "       JOIN calls other ON other.id_key = c.transfer_original_key"
        " UNION SELECT other.item FROM chain JOIN calls c ON c.item = chain.item"
        "       JOIN calls other ON other.transfer_original_key = c.id_key)"
        " SELECT item FROM chain ORDER BY item");
    query.bind(*item);
    vector<ItemKey> items;
    while (query.step()) items.push_back(query.integer(0));
    return load_calls(connection, items, false);
  });
}

}  // namespace callarchive
