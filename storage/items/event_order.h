#pragma once

#include "storage/event.h"

#include <compare>
#include <string_view>

namespace callarchive::storage {

class Query;

// Which of two deliveries about one object speaks last. First the time: the event's own, else the arrival, in
// milliseconds. When that ties, a timed delivery comes before an untimed one; timed ones go by their microseconds, then
// by webhook_id and then by the digest of their body, so that arrival does not matter; untimed ones go by arrival: by
// their number in the ledger, since arrived_at takes the place of received_at where a clock was ahead.
struct EventOrder {
  Millis at = 0;
  bool untimed = false;
  int micros = 0;
  string tie = {};
  auto operator<=>(const EventOrder&) const = default;
};
EventOrder order_of(const Delivery& delivery, std::string_view sha256, std::int64_t id);

// The order of a ledger row, from the first five columns of a query: id, arrival, event_time, webhook_id, sha256.
// The ledger holds milliseconds: `micros` come from elsewhere.
EventOrder order_of_row(const Query& query, int micros);

}  // namespace callarchive::storage
