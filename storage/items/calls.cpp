#include "storage/items/calls.h"

#include "storage/items/key_allocation.h"
#include "storage/items/merge.h"
#include "storage/items/reference_rows.h"
#include "storage/items/ringing.h"
#include "storage/items/timeline.h"
#include "storage/search/index.h"
#include "storage/sqlite/connection.h"

#include <cmath>
#include <set>

namespace callarchive::storage {
namespace {

void add_tag(vector<string>& tags, const string& tag) {
  const auto place = std::lower_bound(tags.begin(), tags.end(), tag);
  if (place == tags.end() || *place != tag) tags.insert(place, tag);
}

optional<std::int64_t> whole_seconds(const optional<double>& minutes) {
  constexpr double kLongest = 1e9;  // minutes; beyond it the product is no sensible integer
  if (!minutes || !(std::abs(*minutes) < kLongest)) return {};
  return std::llround(*minutes * 60);
}

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

void insert_children(Connection& connection, Directory& directory, ItemKey item, const CallCompleted& said) {
  insert_transcript(connection, item, said.transcript);
  for (const auto& tag : said.tags) {
    connection.query("INSERT INTO call_tags (tag_id, item) VALUES (:tag_id, :item)")
        .bind(directory.tag_id(tag), item)
        .run();
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

vector<TranscriptEntry> load_transcript(Connection& connection, ItemKey item) {
  vector<TranscriptEntry> entries;
  auto query = connection.query(
      "SELECT position, source, time, start_seconds, end_seconds, text FROM transcript_entries"
      " WHERE item = :item ORDER BY position");
  query.bind(item);
  while (query.step()) {
    entries.push_back({query.integer(0), query.maybe_text(1), query.maybe_integer(2), query.maybe_real(3),
                       query.maybe_real(4), query.text(5)});
  }
  return entries;
}

void load_children(Connection& connection, ItemKey item, CallCompleted& said) {
  said.transcript = load_transcript(connection, item);
  if (!said.transcript.empty() && !said.concatenated_transcript) {
    said.concatenated_transcript = join_transcript(said.transcript);
  }
  auto tags =
      connection.query("SELECT name FROM call_tags JOIN tags ON tags.id = tag_id WHERE item = :item ORDER BY name");
  tags.bind(item);
  while (tags.step()) said.tags.push_back(tags.text(0));
  auto data = connection.query("SELECT key, value FROM collected_data WHERE item = :item ORDER BY key");
  data.bind(item);
  while (data.step()) said.data_collected.push_back({data.text(0), data.text(1)});
  auto choices = connection.query("SELECT dtmf_key, text_key FROM ivr_results WHERE item = :item ORDER BY position");
  choices.bind(item);
  while (choices.step()) said.ivr_result.push_back({choices.maybe_text(0), choices.maybe_text(1)});
  auto transfers =
      connection.query("SELECT side, number, user_email, user_name FROM call_transfers WHERE item = :item");
  transfers.bind(item);
  while (transfers.step()) {
    auto& party = transfers.text(0) == "from" ? said.transfer_from : said.transfer_to;
    party = TransferParty{transfers.maybe_text(1), transfers.maybe_text(2), transfers.maybe_text(3)};
  }
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

void merge(CallState& state, const CallCompleted& report) {
  auto& said = state.said;
  if (said.id.empty()) said.id = report.id;
  if (report.started_at) state.at = *report.started_at;
  fill(said.started_at, report.started_at);
  fill(said.direction, report.direction);
  fill(said.result, report.result);
  fill(said.from_number, report.from_number);
  fill(said.from_name, report.from_name);
  fill(said.to_number, report.to_number);
  fill(said.to_name, report.to_name);
  fill(said.original_to_number, report.original_to_number);
  fill(said.original_to_name, report.original_to_name);
  fill(said.length_in_minutes, report.length_in_minutes);
  fill(said.length, report.length);
  fill(said.user_email, report.user_email);
  fill(said.integration_id, report.integration_id);
  fill(said.summary, report.summary);
  fill(said.one_sentence_summary, report.one_sentence_summary);
  fill(said.recording_url, report.recording_url);
  fill(said.data_collected, report.data_collected);
  sort_members(said.data_collected);
  fill(said.ivr_result, report.ivr_result);
  fill(said.transfer_from, report.transfer_from);
  fill(said.transfer_to, report.transfer_to);
  fill(said.transfer_original_call_id, report.transfer_original_call_id);
  // The two forms of one transcript go together: new entries make an old joined text untrue.
  if (!report.transcript.empty()) {
    said.transcript = report.transcript;
    said.concatenated_transcript = report.concatenated_transcript;
  } else {
    fill(said.concatenated_transcript, report.concatenated_transcript);
  }
  // A report only adds tags: it may have been written before a tag that is known already.
  for (const auto& tag : report.tags) add_tag(said.tags, tag);
}

void merge(CallState& state, const TagChanged& change) {
  if (change.added) add_tag(state.said.tags, change.tag);
  else std::erase(state.said.tags, change.tag);
}

void merge(CallState& state, const SummaryChanged& change) {
  if (change.version && state.summary_version && *change.version <= *state.summary_version) return;
  fill(state.said.summary, change.summary);
  fill(state.summary_version, change.version);
}

string join_transcript(const vector<TranscriptEntry>& entries) {
  string text;
  for (const auto& entry : entries) {
    if (!text.empty()) text += '\n';
    if (entry.source) text += *entry.source + ": ";
    text += entry.text;
  }
  return text;
}

optional<ItemKey> find_call_item(Connection& connection, const string& comparable) {
  auto query = connection.query("SELECT item FROM calls WHERE id_key = :id_key");
  query.bind(comparable);
  if (!query.step()) return {};
  return query.integer(0);
}

CallState load_call(Connection& connection, ItemKey item) {
  CallState state;
  auto& said = state.said;
  state.at = instant_of(item);
  auto query = connection.query(
      "SELECT id, started_at, direction, result, from_number, from_name, to_number, to_name, original_to_number,"
      " original_to_name, length_in_minutes, length, (SELECT email FROM users WHERE id = user_id), integration_id,"
      " summary, summary_version, one_sentence_summary, recording_url, transfer_original_call_id,"
      " concatenated_transcript FROM calls WHERE item = :item");
  query.bind(item);
  if (!query.step()) return state;
  int column = 0;
  said.id = query.text(column++);
  said.started_at = query.maybe_integer(column++);
  for (auto* field : {&said.direction, &said.result, &said.from_number, &said.from_name, &said.to_number, &said.to_name,
                      &said.original_to_number, &said.original_to_name}) {
    *field = query.maybe_text(column++);
  }
  said.length_in_minutes = query.maybe_real(column++);
  for (auto* field : {&said.length, &said.user_email, &said.integration_id, &said.summary}) {
    *field = query.maybe_text(column++);
  }
  state.summary_version = query.maybe_integer(column++);
  for (auto* field : {&said.one_sentence_summary, &said.recording_url, &said.transfer_original_call_id,
                      &said.concatenated_transcript}) {
    *field = query.maybe_text(column++);
  }
  load_children(connection, item, said);
  return state;
}

ItemKey insert_call(Connection& connection, Directory& directory, SearchIndex& index, const CallState& state) {
  const auto& said = state.said;
  const ItemKey item = make_place(connection, index, ItemKind::call, state.at, comparable_id(said.id));
  index.touch_item(item);
  const auto from_id = directory.number_id(said.from_number);
  const auto to_id = directory.number_id(said.to_number);
  const auto original_id = directory.number_id(said.original_to_number);
  const auto number_of = [&](const optional<TransferParty>& party) {
    return party ? directory.number_id(party->number) : optional<std::int64_t>{};
  };
  const auto transfer_from_id = number_of(said.transfer_from);
  const auto transfer_to_id = number_of(said.transfer_to);
  optional<string> concatenated = said.concatenated_transcript;
  if (concatenated && *concatenated == join_transcript(said.transcript)) concatenated.reset();

  connection
      .query(
          "INSERT INTO calls (item, id, started_at, direction, result, from_number, from_number_id, from_name,"
          " to_number, to_number_id, to_name, original_to_number, original_to_number_id, original_to_name,"
          " length_in_minutes, duration_seconds, length, user_id, integration_id, summary, summary_version,"
          " one_sentence_summary, recording_url, transfer_original_call_id, concatenated_transcript,"
          " transcript_entry_count)"
          " VALUES (:item, :id, :started_at, :direction, :result, :from_number, :from_number_id, :from_name,"
          " :to_number, :to_number_id, :to_name, :original_to_number, :original_to_number_id, :original_to_name,"
          " :length_in_minutes, :duration_seconds, :length, :user_id, :integration_id, :summary, :summary_version,"
          " :one_sentence_summary, :recording_url, :transfer_original_call_id, :concatenated_transcript,"
          " :transcript_entry_count)")
      .bind(item, said.id, said.started_at, said.direction, said.result, said.from_number, from_id, said.from_name,
            said.to_number, to_id, said.to_name, said.original_to_number, original_id, said.original_to_name,
            said.length_in_minutes, whole_seconds(said.length_in_minutes), said.length,
            directory.user_id(said.user_email), said.integration_id, said.summary, state.summary_version,
            said.one_sentence_summary, said.recording_url, said.transfer_original_call_id, concatenated,
            said.transcript.size())
      .run();
  insert_children(connection, directory, item, said);
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
  close_place(connection, index, item);
  join_ringing_near(connection, instant_of(item), from_id, to_id);
}

}  // namespace callarchive::storage
