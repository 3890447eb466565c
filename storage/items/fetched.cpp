#include "storage/items/fetched.h"

#include "storage/differences.h"
#include "storage/items/reference_rows.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

template <typename T>
void drop(optional<T>& said, bool is_coarser) {
  if (is_coarser) said.reset();
}

// The fetched form has no milliseconds.
bool is_same_second(const optional<Millis>& known, const optional<Millis>& said) {
  return known && said && *said % 1000 == 0 && *known - *said >= 0 && *known - *said < 1000;
}

// TRANSFERRED_AI and TRANSFERRED_EXTERNAL are TRANSFERRED there.
bool is_refined(const optional<string>& known, const optional<string>& said) {
  return known && said && known->starts_with(*said + '_');
}

bool is_same_number(const optional<string>& known, const optional<string>& said) {
  return known && said && is_same_telephone(*known, *said);
}

bool is_same_address(const optional<string>& known, const optional<string>& said) {
  return known && said && folded_address(*known) == folded_address(*said);
}

}  // namespace

CallCompleted without_coarser(const CallCompleted& known, CallCompleted report) {
  drop(report.started_at, is_same_second(known.started_at, report.started_at));
  drop(report.result, is_refined(known.result, report.result));
  drop(report.from_number, is_same_number(known.from_number, report.from_number));
  // The line that was called may have passed the call on: then the webhook names both.
  drop(report.to_number, is_same_number(known.to_number, report.to_number) ||
                             (known.to_number && is_same_number(known.original_to_number, report.to_number)));
  drop(report.from_name, known.from_name.has_value());
  drop(report.to_name, known.to_name.has_value());
  drop(report.length_in_minutes,
       known.length_in_minutes && whole_seconds(known.length_in_minutes) == whole_seconds(report.length_in_minutes));
  drop(report.user_email, is_same_address(known.user_email, report.user_email));
  return report;
}

MessageStored without_coarser(const MessageStored& known, MessageStored report) {
  drop(report.sent_at, is_same_second(known.sent_at, report.sent_at));
  drop(report.from_number, is_same_number(known.from_number, report.from_number));
  drop(report.to_number, is_same_number(known.to_number, report.to_number));
  drop(report.from_name, known.from_name.has_value());
  drop(report.to_name, known.to_name.has_value());
  drop(report.user_email, is_same_address(known.user_email, report.user_email));
  return report;
}

bool has_same_words(const vector<TranscriptEntry>& known, const CallCompleted& report) {
  const auto is_same = [&](const TranscriptEntry& a, const TranscriptEntry& b) {
    if (a.text != b.text) return false;
    // The receptionist that is no human is a USER there.
    return a.source == b.source || (report.is_fetched && a.source == "AGENT" && b.source == "USER");
  };
  return std::equal(known.begin(), known.end(), report.transcript.begin(), report.transcript.end(), is_same);
}

}  // namespace callarchive::storage
