#include "storage/items/calls.h"

#include "storage/items/key_allocation.h"
#include "storage/items/reference_rows.h"
#include "storage/items/ringing.h"
#include "storage/items/timeline.h"
#include "storage/search/index.h"
#include "storage/sqlite/connection.h"

#include <cmath>
#include <map>
#include <set>

namespace callarchive::storage {
namespace {

void insert_transcript(Connection& connection, ItemKey item, const vector<TranscriptEntry>& entries) {
  for (const auto& entry : entries) {
    connection
        .query(
            "INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text)"
            " VALUES (:item, :position, :source, :time, :start_seconds, :end_seconds, :text)")
        .bind(item, entry.position, entry.source, entry.time, entry.start_seconds, entry.end_seconds, entry.text)
        .run();
  }
}

void insert_transfer(Connection& connection, ItemKey item, const char* side, const optional<TransferParty>& party,
                     const optional<std::int64_t>& number_id) {
  if (!party) return;
  connection
      .query(
          "INSERT INTO call_transfers (item, side, number, number_id, user_email, user_name)"
          " VALUES (:item, :side, :number, :number_id, :user_email, :user_name)")
      .bind(item, side, party->number, number_id, party->user_email, party->user_name)
      .run();
}

void insert_children(Connection& connection, ReferenceRows& rows, ItemKey item, const CallCompleted& said) {
  insert_transcript(connection, item, said.transcript);
  for (const auto& tag : said.tags) {
    connection.query("INSERT INTO call_tags (tag_id, item) VALUES (:tag_id, :item)").bind(rows.tag_id(tag), item).run();
  }
  for (const auto& [key, value] : said.data_collected) {
    connection
        .query(
            "INSERT INTO collected_data (item, key, value) VALUES (:item, :key, :value)"
            " ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(item, key, value)
        .run();
  }
  std::int64_t position = 0;
  for (const auto& choice : said.ivr_result) {
    connection
        .query(
            "INSERT INTO ivr_results (item, position, dtmf_key, text_key)"
            " VALUES (:item, :position, :dtmf_key, :text_key)")
        .bind(item, position++, choice.dtmf_key, choice.text_key)
        .run();
  }
}

// What load_calls() reads of the table itself.
constexpr const char* kCall =
    "SELECT c.item, c.id, c.started_at, c.direction, c.result, c.from_number, c.from_name, c.to_number, c.to_name,"
    " c.original_to_number, c.original_to_name, c.length_in_minutes, c.duration_seconds, c.length, u.email,"
    " c.integration_id, c.summary, c.one_sentence_summary, c.recording_url, c.transfer_original_call_id,"
    " c.transcript_entry_count"
    " FROM calls c LEFT JOIN users u ON u.id = c.user_id WHERE c.item = :item";

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

TranscriptEntry read_entry(const Query& query, int column) {
  return {query.integer(column),        query.maybe_text(column + 1), query.maybe_integer(column + 2),
          query.maybe_real(column + 3), query.maybe_real(column + 4), query.text(column + 5)};
}

// The rows that hang on calls, read for all calls of a page together.
class ChildRows {
 public:
  ChildRows(Connection& connection, vector<Call>& calls) : connection_(connection) {
    vector<ItemKey> keys;
    for (auto& call : calls) {
      calls_[call.item] = &call;
      keys.push_back(call.item);
    }
    list_ = key_list(keys);
  }

  // `select` and `order` surround the condition on the keys; the first column is the key. Hands each row to its call.
  template <typename Take>
  void read(const string& select, const string& order, const Take& take) {
    // A single key, as when the writer corrects a call, needs no list.
    const bool single = calls_.size() == 1;
    auto query = connection_.query(
        select + (single ? " WHERE item = ?" : " WHERE item IN (SELECT value FROM json_each(?))") + order);
    if (single) query.bind(calls_.begin()->first);
    else query.bind(list_);
    while (query.step()) take(*calls_.at(query.integer(0)), query);
  }

 private:
  Connection& connection_;
  std::map<ItemKey, Call*> calls_;
  string list_;
};

void load_children(Connection& connection, vector<Call>& calls, bool include_transcript) {
  if (calls.empty()) return;
  ChildRows children(connection, calls);
  children.read("SELECT item, t.name FROM call_tags JOIN tags t ON t.id = tag_id", " ORDER BY t.name",
                [](Call& call, const Query& row) { call.tags.push_back(row.text(1)); });
  children.read("SELECT item, key, value FROM collected_data", " ORDER BY item, key", [](Call& call, const Query& row) {
    call.data_collected.push_back({row.text(1), row.text(2)});
  });
  children.read("SELECT item, dtmf_key, text_key FROM ivr_results", " ORDER BY item, position",
                [](Call& call, const Query& row) {
                  call.ivr_result.push_back({row.maybe_text(1), row.maybe_text(2)});
                });
  children.read("SELECT item, side, number, user_email, user_name FROM call_transfers", "",
                [](Call& call, const Query& row) {
                  auto& party = row.text(1) == "from" ? call.transfer_from : call.transfer_to;
                  party = TransferParty{row.maybe_text(2), row.maybe_text(3), row.maybe_text(4)};
                });
  if (!include_transcript) return;
  children.read("SELECT item, position, source, time, start_seconds, end_seconds, text FROM transcript_entries",
                " ORDER BY item, position",
                [](Call& call, const Query& row) { call.transcript.push_back(read_entry(row, 1)); });
  children.read("SELECT item, concatenated_transcript, transcript_is_joined FROM calls", "",
                [](Call& call, const Query& row) {
                  call.concatenated_transcript = row.maybe_text(1);
                  if (row.integer(2) != 0) call.concatenated_transcript = join_transcript(call.transcript);
                });
}

// Everybody who took part, once each.
vector<std::int64_t> participants(std::initializer_list<optional<std::int64_t>> ids) {
  std::set<std::int64_t> once;
  for (const auto& id : ids) {
    if (id) once.insert(*id);
  }
  return {once.begin(), once.end()};
}

}  // namespace

optional<std::int64_t> whole_seconds(const optional<double>& minutes) {
  constexpr double kLongest = 1e9;  // minutes; beyond it the product is no sensible integer
  if (!minutes || !(std::abs(*minutes) < kLongest)) return {};
  return std::llround(*minutes * 60);
}

optional<ItemKey> find_call_item(Connection& connection, const string& comparable) {
  auto query = connection.query("SELECT item FROM calls WHERE id_key = :id_key");
  query.bind(comparable);
  if (!query.step()) return {};
  return query.integer(0);
}

vector<Call> load_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript) {
  vector<Call> calls;
  calls.reserve(items.size());
  for (const auto item : items) {
    auto query = connection.query(kCall);
    query.bind(item);
    if (query.step()) calls.push_back(read_call(query));
  }
  load_children(connection, calls, include_transcript);
  return calls;
}

vector<TranscriptEntry> load_transcript(Connection& connection, ItemKey item, const optional<std::int64_t>& after,
                                        std::int64_t limit) {
  vector<TranscriptEntry> entries;
  auto query = connection.query(
      "SELECT position, source, time, start_seconds, end_seconds, text FROM transcript_entries"
      " WHERE item = :item AND position > :after ORDER BY position LIMIT :limit");
  query.bind(item, after.value_or(-1), limit);
  while (query.step()) entries.push_back(read_entry(query, 0));
  return entries;
}

CallState load_call_state(Connection& connection, ItemKey item) {
  CallState state;
  state.said = std::move(load_calls(connection, {item}, true).front());
  state.at = instant_of(item);
  auto query = connection.query("SELECT summary_version FROM calls WHERE item = :item");
  query.bind(item);
  if (query.step()) state.summary_version = query.maybe_integer(0);
  return state;
}

ItemKey insert_call(Connection& connection, ReferenceRows& rows, SearchIndex& index, const CallState& state) {
  const auto& said = state.said;
  const ItemKey item = allocate_key(connection, index, ItemKind::call, state.at, comparable_id(said.id));
  index.touch_item(item);
  const auto from_id = rows.number_id(said.from_number);
  const auto to_id = rows.number_id(said.to_number);
  const auto original_id = rows.number_id(said.original_to_number);
  const auto number_of = [&](const optional<TransferParty>& party) {
    return party ? rows.number_id(party->number) : optional<std::int64_t>{};
  };
  const auto transfer_from_id = number_of(said.transfer_from);
  const auto transfer_to_id = number_of(said.transfer_to);
  optional<string> concatenated = said.concatenated_transcript;
  const bool is_joined = concatenated && !said.transcript.empty() && *concatenated == join_transcript(said.transcript);
  if (is_joined) concatenated.reset();

  connection
      .query(
          "INSERT INTO calls (item, id, started_at, direction, result, from_number, from_number_id, from_name,"
          " to_number, to_number_id, to_name, original_to_number, original_to_number_id, original_to_name,"
          " length_in_minutes, duration_seconds, length, user_id, integration_id, summary, summary_version,"
          " one_sentence_summary, recording_url, transfer_original_call_id, concatenated_transcript,"
          " transcript_is_joined, transcript_entry_count)"
          " VALUES (:item, :id, :started_at, :direction, :result, :from_number, :from_number_id, :from_name,"
          " :to_number, :to_number_id, :to_name, :original_to_number, :original_to_number_id, :original_to_name,"
          " :length_in_minutes, :duration_seconds, :length, :user_id, :integration_id, :summary, :summary_version,"
          " :one_sentence_summary, :recording_url, :transfer_original_call_id, :concatenated_transcript,"
          " :transcript_is_joined, :transcript_entry_count)")
      .bind(item, said.id, said.started_at, said.direction, said.result, said.from_number, from_id, said.from_name,
            said.to_number, to_id, said.to_name, said.original_to_number, original_id, said.original_to_name,
            said.length_in_minutes, whole_seconds(said.length_in_minutes), said.length, rows.user_id(said.user_email),
            said.integration_id, said.summary, state.summary_version, said.one_sentence_summary, said.recording_url,
            said.transfer_original_call_id, concatenated, is_joined, said.transcript.size())
      .run();
  insert_children(connection, rows, item, said);
  insert_transfer(connection, item, "from", said.transfer_from, transfer_from_id);
  insert_transfer(connection, item, "to", said.transfer_to, transfer_to_id);
  for (const auto number : participants({from_id, to_id, original_id, transfer_from_id, transfer_to_id})) {
    add_to_timeline(connection, number, item);
  }
  join_ringing_near(connection, state.at, from_id, to_id);
  return item;
}

void erase_call(Connection& connection, SearchIndex& index, ItemKey item) {
  index.touch_item(item);
  optional<std::int64_t> from_id, to_id;
  {
    auto query = connection.query(
        "SELECT from_number_id, to_number_id, original_to_number_id,"
        " (SELECT number_id FROM call_transfers WHERE item = :item AND side = 'from'),"
        " (SELECT number_id FROM call_transfers WHERE item = :item AND side = 'to') FROM calls WHERE item = :item");
    query.bind(item);
    if (!query.step()) return;
    from_id = query.maybe_integer(0);
    to_id = query.maybe_integer(1);
    const auto numbers =
        participants({from_id, to_id, query.maybe_integer(2), query.maybe_integer(3), query.maybe_integer(4)});
    for (const auto number : numbers) remove_from_timeline(connection, number, item);
  }
  connection.query("DELETE FROM calls WHERE item = :item").bind(item).run();
  release_key(connection, index, item);
  join_ringing_near(connection, instant_of(item), from_id, to_id);
}

}  // namespace callarchive::storage
