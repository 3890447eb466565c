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
  std::string detail = {};  // for the sender: what is wrong, and where; empty for an envelope
  std::size_t unreadable_times = 0;
};

// Reads the body of a delivery: sets its dialect, topic and event time to what the envelope tells, its remark to what
// could not be read, and returns what it says. Depends on the body alone. Only of a delivery with origin backfill,
// which has no envelope, dialect and topic are not set but read. Never throws.
Opened open_and_decode(Delivery& delivery) noexcept;

// The same without the opening: the storage `Decoder`.
Event decode(Delivery& delivery) noexcept;

}  // namespace callarchive
