#pragma once

#include "server/ingest/fields.h"

// Fields that several topics share.

namespace callarchive::ingest {

// INBOUND or OUTBOUND, whatever the case it was sent in; any other word as it was sent.
optional<string> read_direction(const Fields& data, Fields::Keys keys);

// An instant as a part of a derived id.
optional<string> instant_part(optional<Millis> instant);

// One tag under "tag" (the oldest dialect: "call_category"), and a list under "tags"; each once.
vector<string> read_call_tags(const Fields& data);

// A list, a list inside an object, or one text, under "transcriptions" or "transcript". A transcript that came only as
// text becomes entries too, so that it is read, searched and exported like any other.
void read_call_transcript(const Fields& data, CallCompleted& call);

// The id of the call that a tag or a summary belongs to.
optional<string> read_call_id(const Fields& data);

}  // namespace callarchive::ingest
