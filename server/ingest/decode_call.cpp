#include "server/ingest/derived_id.h"
#include "server/ingest/parts.h"
#include "server/ingest/topics.h"
#include "server/ingest/transcript_text.h"

#include <nlohmann/json.hpp>

#include <unordered_set>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

// Entries, each an object or a text of its own.
vector<TranscriptEntry> read_entries(const Fields& data, const json& entries) {
  vector<TranscriptEntry> transcript;
  for (const json& value : entries) {
    const Fields fields = data.within(value, "transcriptions[" + std::to_string(transcript.size()) + ']');
    TranscriptEntry entry{
        .position = static_cast<std::int64_t>(transcript.size()),
        .source = fields.text({"source"}),
        .time = fields.instant({"time"}),
        .start_seconds = fields.number({"start_seconds"}),
        .end_seconds = fields.number({"end_seconds"}),
        .text = data.name_of(value, {"text"}).value_or(""),
    };
    if (entry == TranscriptEntry{.position = entry.position}) continue;  // nothing of it could be read
    transcript.push_back(std::move(entry));
  }
  return transcript;
}

vector<IvrChoice> read_ivr_result(const Fields& data) {
  vector<IvrChoice> choices;
  for (const json& value : data.array({"ivr_result"})) {
    const Fields fields = data.within(value, "ivr_result");
    IvrChoice choice{.dtmf_key = fields.text({"dtmf_key"}), .text_key = data.name_of(value, {"text_key"})};
    if (choice != IvrChoice{}) choices.push_back(std::move(choice));
  }
  return choices;
}

optional<TransferParty> read_transfer_party(const Fields& data, const char* key) {
  const json* value = data.find({key});
  if (value == nullptr) return std::nullopt;
  const Fields fields = data.within(*value, key);
  TransferParty party{
      .number = data.name_of(*value, {"number"}),
      .user_email = fields.text({"user_email"}),
      .user_name = fields.text({"user_name"}),
  };
  return party == TransferParty{} ? std::nullopt : std::optional(std::move(party));
}

}  // namespace

vector<string> read_call_tags(const Fields& data) {
  vector<string> tags;
  std::unordered_set<string> met;
  const auto add = [&](const json* value) {
    if (value == nullptr) return;
    if (auto tag = data.name_of(*value, {"name"}); tag && met.insert(*tag).second) tags.push_back(std::move(*tag));
  };
  add(data.find({"tag"}));
  add(data.find({"call_category"}));
  const json* list = data.find({"tags"});
  if (list != nullptr && !list->is_array()) add(list);
  for (const json& tag : data.array({"tags"})) add(&tag);
  return tags;
}

void read_call_transcript(const Fields& data, CallCompleted& call) {
  call.concatenated_transcript = data.text({"concatenated_transcript"});
  const json* value = data.find({"transcriptions", "transcript"});
  if (value != nullptr && value->is_object()) value = data.within(*value, "transcriptions").find({"transcripts"});
  if (value != nullptr && value->is_array()) call.transcript = read_entries(data, *value);
  if (!call.transcript.empty()) return;
  const auto text = value != nullptr && value->is_string() && !value->get_ref<const string&>().empty()
                        ? optional(value->get<string>())
                        : call.concatenated_transcript;
  if (text) call.transcript = entries_of_text(*text);
  call.transcript_is_from_text = !call.transcript.empty();
}

Event decode_call(const Fields& data, const Envelope&) {
  CallCompleted call{
      .id = data.text({"id"}).value_or(""),
      .started_at = data.instant({"start_date", "started_at"}),
      .direction = read_direction(data, {"direction", "type"}),
      .result = data.text({"result"}),
      .from_number = data.text({"from_number"}),
      .from_name = data.text({"from_name"}),
      .to_number = data.text({"to", "to_number"}),
      .to_name = data.text({"to_name"}),
      .original_to_number = data.text({"original_to_number"}),
      .original_to_name = data.text({"original_to_name"}),
      .length_in_minutes = data.number({"length_in_minutes"}),
      .length = data.text({"length"}),
      .user_email = data.text({"user_email"}),
      .integration_id = data.text({"integration_id"}),
      .tags = read_call_tags(data),
      .summary = data.text({"summary"}),
      .one_sentence_summary = data.text({"one_sentence_summary"}),
      .recording_url = data.text({"recording_url"}),
      .data_collected = data.members({"data_collected"}),
      .ivr_result = read_ivr_result(data),
      .transfer_from = read_transfer_party(data, "transfer_from"),
      .transfer_to = read_transfer_party(data, "transfer_to"),
      .transfer_original_call_id = data.text({"transfer_original_call_id"}),
  };
  read_call_transcript(data, call);
  if (call.id.empty()) {
    if (!call.started_at && !call.from_number && !call.to_number) {
      throw DecodeError("a call without an id, a start or a number");
    }
    call.id = derive_id("cll-derived-", {instant_part(call.started_at), number_part(call.from_number),
                                         number_part(call.to_number), call.direction});
  }
  return call;
}

}  // namespace callarchive::ingest
