#pragma once

#include "storage/event.h"

#include <cstddef>
#include <string>

namespace callarchive {

// How far a body could be opened.
enum class Opening { envelope, not_json, no_envelope };

struct Opened {
  Opening opening = Opening::envelope;
  Event event = {};         // Quarantined for the other two openings
  std::string detail = {};  // for the sender: what is wrong and where; empty for an envelope
  std::size_t unreadable_times = 0;
};

// Decodes the body of a delivery: sets its dialect, topic and event time from the envelope, its remark to what could
// not be read, and returns the event. Depends only on the body. A delivery of origin backfill has no envelope: its
// dialect and topic are read instead of set. Never throws.
Opened open_and_decode(Delivery& delivery) noexcept;

// The same, returning only the event: the `Decoder` of storage/archive.h.
Event decode(Delivery& delivery) noexcept;

}  // namespace callarchive
