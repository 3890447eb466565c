#include "server/api/filters.h"

#include "storage/recordings.h"

#include <algorithm>

namespace callarchive::api {

ItemFilter read_item_filter(Query& query) {
  ItemFilter filter;
  filter.direction = query.upper_case("direction");
  filter.result = query.upper_case("result");
  filter.tag = query.text("tag");
  filter.user_email = query.text("user_email");
  filter.since = query.instant("since");
  filter.until = query.instant("until");
  return filter;
}

CallFilter read_call_filter(Query& query) {
  CallFilter filter{read_item_filter(query)};
  filter.contact_id = query.text("contact_id");
  filter.min_duration = query.seconds("min_duration");
  filter.max_duration = query.seconds("max_duration");
  const auto has = query.words("has", {"recording", "recording_link", "transcript", "summary"});
  const auto wants = [&](const char* part) { return std::find(has.begin(), has.end(), part) != has.end(); };
  filter.has_recording = wants("recording");
  filter.has_recording_link = wants("recording_link");
  if (const auto state = query.one_of("recording_state", {"wanted", "kept", "denied", "gone", "failed"})) {
    filter.recording_state = recording_state_from(*state);
  }
  filter.has_transcript = wants("transcript");
  filter.has_summary = wants("summary");
  filter.collected = query.members("collected");
  filter.q = query.text("q");
  return filter;
}

MessageFilter read_message_filter(Query& query) {
  MessageFilter filter;
  filter.direction = query.upper_case("direction");
  filter.type = query.upper_case("type");
  filter.since = query.instant("since");
  filter.until = query.instant("until");
  filter.q = query.text("q");
  return filter;
}

ContactFilter read_contact_filter(Query& query) {
  ContactFilter filter;
  filter.name = query.text("name");
  filter.company = query.text("company");
  filter.email = query.text("email");
  filter.number = query.number("number");
  filter.properties = query.members("property");
  filter.q = query.text("q");
  return filter;
}

TimelineFilter read_timeline_filter(Query& query) {
  TimelineFilter filter;
  filter.since = query.instant("since");
  filter.until = query.instant("until");
  return filter;
}

NumberFilter read_number_filter(Query& query) {
  NumberFilter filter;
  filter.kind = query.one_of("kind", {"e164", "short_code", "alphanumeric", "anonymous", "unknown"});
  filter.country = query.upper_case("country");
  return filter;
}

DeliveryFilter read_delivery_filter(Query& query) {
  DeliveryFilter filter;
  filter.outcome = query.one_of("outcome", {"applied", "noted", "quarantined"});
  filter.topic = query.text("topic");
  filter.reason = query.text("reason");
  return filter;
}

}  // namespace callarchive::api
