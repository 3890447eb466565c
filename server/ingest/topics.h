#pragma once

#include "server/ingest/envelope.h"
#include "server/ingest/fields.h"

#include <span>
#include <string_view>

namespace callarchive::ingest {

// Turns the data of an envelope into an event. Throws DecodeError.
using Decode = Event (*)(const Fields& data, const Envelope& envelope);

struct Topic {
  std::string_view name;
  Decode decode;  // null: it says nothing for the tables
};

// The topics of a dialect. A name may mean different things in two dialects.
std::span<const Topic> topics_of(Dialect dialect);

// The topic of an envelope; null if its dialect has no such topic.
const Topic* find_topic(const Envelope& envelope);

// Each is in a file of its own: decode_call.cpp and so on.
Event decode_call(const Fields& data, const Envelope& envelope);
Event decode_ringing(const Fields& data, const Envelope& envelope);
Event decode_message(const Fields& data, const Envelope& envelope);
Event decode_contact(const Fields& data, const Envelope& envelope);
Event decode_tag(const Fields& data, const Envelope& envelope);
Event decode_summary(const Fields& data, const Envelope& envelope);

}  // namespace callarchive::ingest
