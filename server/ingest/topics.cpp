#include "server/ingest/topics.h"

#include <algorithm>

namespace callarchive::ingest {
namespace {

// Upper case in all three forms of the first version.
constexpr Topic kV1Topics[] = {
    {"CALL_RECEIVED", decode_call},    // a call has ended, whoever placed it
    {"SMS_RECEIVED", decode_message},  // sent or received: the direction tells
    {"SMS_SENT", decode_message},        {"CONTACT_CREATED", decode_contact},
    {"CONTACT_UPDATED", decode_contact}, {"PING", nullptr},
};

constexpr Topic kMobileTopics[] = {
    {"call.received", decode_call},  // a call has ended
    {"sms.received", decode_message},
    {"sms.sent", decode_message},
};

constexpr Topic kV2Topics[] = {
    {"call.received", decode_ringing},  // an inbound call starts to ring
    {"call.triggered", decode_ringing},  {"call.answered", decode_ringing}, {"call.completed", decode_call},
    {"tag.added", decode_tag},           {"tag.removed", decode_tag},       {"summary.updated", decode_summary},
    {"sms.received", decode_message},    {"sms.sent", decode_message},      {"contact.created", decode_contact},
    {"contact.updated", decode_contact},
};

}  // namespace

std::span<const Topic> topics_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::v2: return kV2Topics;
    case Dialect::mobile: return kMobileTopics;
    default: return kV1Topics;
  }
}

const Topic* find_topic(const Envelope& envelope) {
  const auto find_in = [&](Dialect dialect) -> const Topic* {
    const auto topics = topics_of(dialect);
    const auto found = std::ranges::find(topics, envelope.topic, &Topic::name);
    return found != topics.end() ? &*found : nullptr;
  };
  const Topic* topic = find_in(envelope.dialect);
  // The old form of a call's end, {topic or event, call}, may have its topic in the spelling of its time.
  if (topic == nullptr && envelope.dialect == Dialect::mobile) topic = find_in(Dialect::v1);
  return topic;
}

}  // namespace callarchive::ingest
