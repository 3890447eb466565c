#pragma once

#include "storage/event.h"

#include <compare>
#include <string_view>

namespace callarchive::storage {

class Query;

// The order of two deliveries about one object (docs/ordering.md). First by time: the event's own, else the arrival, in
// milliseconds. At the same time, a timed delivery comes before an untimed one; timed ones are ordered by their
// microseconds, then by webhook_id, then by the digest of their body, so that arrival does not matter; untimed ones by
// arrival.
struct EventOrder {
  Millis at = 0;
  bool untimed = false;
  int micros = 0;
  string tie = {};
  auto operator<=>(const EventOrder&) const = default;
};
EventOrder order_of(const Delivery& delivery, std::string_view sha256, std::int64_t id);

// The order of a ledger row, from the first five columns of a query: id, received_at, event_time, webhook_id, sha256.
// The ledger has only milliseconds, so `micros` must be given.
EventOrder order_of_row(const Query& query, int micros);

}  // namespace callarchive::storage
