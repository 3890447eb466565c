#pragma once

#include "server/ingest/fields.h"

// What several kinds of things have in common.

namespace callarchive::ingest {

// INBOUND or OUTBOUND in any case; another word as it was sent.
optional<string> read_direction(const Fields& data, Fields::Keys keys);

// An instant as a part of a derived id.
optional<string> instant_part(optional<Millis> instant);

// The id of the call that a tag or a summary belongs to.
optional<string> read_call_id(const Fields& data);

}  // namespace callarchive::ingest
