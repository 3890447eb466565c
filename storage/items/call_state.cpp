#include "storage/items/calls.h"
#include "storage/items/fetched.h"
#include "storage/items/merge.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

void add_tag(vector<string>& tags, const string& tag) {
  const auto place = std::lower_bound(tags.begin(), tags.end(), tag);
  if (place == tags.end() || *place != tag) tags.insert(place, tag);
}

// Adds them together: one by one, each would move those after it.
void add_tags(vector<string>& tags, const vector<string>& more) {
  tags.insert(tags.end(), more.begin(), more.end());
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
}

bool has_times(const vector<TranscriptEntry>& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const TranscriptEntry& entry) {
    return entry.time || entry.start_seconds || entry.end_seconds;
  });
}

// The two forms of one transcript go together: new entries make an old joined text untrue. But entries that were only
// made from a text, and so have no times, do not replace entries with times; and where the words are the same, what is
// known of their times stays.
void merge_transcript(CallCompleted& said, const CallCompleted& report) {
  const bool is_poorer = report.transcript_is_from_text && has_times(said.transcript);
  if (report.transcript.empty() || is_poorer) return fill(said.concatenated_transcript, report.concatenated_transcript);
  if (!has_same_words(said.transcript, report)) {
    said.transcript = report.transcript;
    said.concatenated_transcript = report.concatenated_transcript;
    return;
  }
  for (std::size_t i = 0; i < said.transcript.size(); ++i) {
    auto& known = said.transcript[i];
    const auto& entry = report.transcript[i];
    // Fetched times have no milliseconds.
    if (!(report.is_fetched && known.time && entry.time && *known.time / 1000 == *entry.time / 1000)) {
      fill(known.time, entry.time);
    }
    fill(known.start_seconds, entry.start_seconds);
    fill(known.end_seconds, entry.end_seconds);
  }
  fill(said.concatenated_transcript, report.concatenated_transcript);
}

void fold(CallState& state, const CallCompleted& report) {
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
  merge_transcript(said, report);
  // A report only adds tags: it may have been written before a tag that is known already. A fetched one has all of
  // them.
  if (report.has_all_tags) said.tags.clear();
  add_tags(said.tags, report.tags);
}

}  // namespace

void merge(CallState& state, const CallCompleted& report) {
  if (report.is_fetched) fold(state, without_coarser(state.said, report));
  else fold(state, report);
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

}  // namespace callarchive::storage
