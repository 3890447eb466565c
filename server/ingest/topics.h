#pragma once

#include "server/ingest/envelope.h"
#include "server/ingest/fields.h"

#include <span>
#include <string_view>

namespace callarchive::ingest {

// Turns the data of an envelope into what it says. Throws DecodeError.
using Decode = Event (*)(const Fields& data, const Envelope& envelope);

struct Topic {
  std::string_view name;
  Decode decode;  // null: there is nothing in it to read
};

// The topics of a dialect. The same name may mean different things in two of them.
std::span<const Topic> topics_of(Dialect dialect);

// Null if the dialect has no such topic.
const Topic* find_topic(const Envelope& envelope);

// One file per kind of thing: decode_call.cpp and so on.
Event decode_call(const Fields& data, const Envelope& envelope);
Event decode_ringing(const Fields& data, const Envelope& envelope);
Event decode_message(const Fields& data, const Envelope& envelope);
Event decode_contact(const Fields& data, const Envelope& envelope);
Event decode_tag(const Fields& data, const Envelope& envelope);
Event decode_summary(const Fields& data, const Envelope& envelope);

}  // namespace callarchive::ingest
