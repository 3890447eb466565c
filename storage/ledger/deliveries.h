#pragma once

#include "storage/archive.h"
#include "storage/items/event_order.h"
#include "storage/items/item_key.h"
#include "storage/sqlite/digest.h"

#include <string_view>

// The ledger.

namespace callarchive::storage {

class Connection;

// What an event speaks of. `id` as sent.
struct Object {
  enum class Kind { call, message, contact };
  Kind kind = Kind::call;
  string id = {};
  std::int64_t key() const;  // of deliveries.object_key
};
optional<Object> object_of(const Event& event);

// How long the same bytes without a webhook-id are a redelivery: within the window; but within the window a contact's
// state that comes again after another one is a change back once `grace` has passed since it came last.
struct RedeliveryRules {
  Millis window = 0;
  Millis grace = 0;
};

// The delivery that this one repeats, or nothing. `object` is what the event speaks of.
struct Repeat {
  std::int64_t of = 0;
  bool same_bytes = true;
};
optional<Repeat> find_repeat(Connection& connection, const Delivery& delivery, const Sha256& digest,
                             const optional<Object>& object, const RedeliveryRules& rules);
// The number of a delivery that another archive has, too: the same bytes, by the same id or of the same instant.
optional<std::int64_t> find_same(Connection& connection, const Delivery& delivery, const Sha256& digest);
void count_repeat(Connection& connection, std::int64_t delivery, Millis received_at);

struct LedgerRow {
  const Delivery& delivery;
  const Sha256& sha256;
  const optional<Object>& object;
  optional<std::int64_t> repeat_of = {};
  Outcome outcome = Outcome::applied;
  optional<string> reason = {};
};
// Appends to the ledger and returns the delivery's number.
std::int64_t insert_delivery(Connection& connection, const LedgerRow& row);

// When the last delivery of the ledger arrived, as far as the order is concerned; of those that were not merged.
optional<Millis> find_last_arrival(Connection& connection);
// The next delivery arrives at `arrival`, and those at the end of the ledger that are later arrived by a clock that was
// ahead: they count as arrived with the one before them, or if there is none, with the next. Those that were merged
// keep their times. Returns the numbers of the rows it changed, whose objects are to be folded again.
vector<std::int64_t> lower_arrivals(Connection& connection, Millis arrival);

// Notes that a delivery of the ledger could not be applied after all.
void quarantine(Connection& connection, std::int64_t delivery, const string& reason);

// A stored delivery as it came in. find_history() leaves the body out.
struct StoredDelivery {
  std::int64_t id = 0;
  string sha256 = {};  // bytes
  Delivery delivery = {};
};
optional<StoredDelivery> find_stored(Connection& connection, std::int64_t delivery);  // with its body
// All deliveries that speak of the object, in the order of their milliseconds. Their bodies are read one at a time by
// find_body(): together they may be more than the memory holds.
vector<StoredDelivery> find_history(Connection& connection, const Object& object);
string find_body(Connection& connection, std::int64_t delivery);
// A delivery that comes late makes all of them be read again, so that their number and size are bounded: an object
// with a longer history takes no late delivery any more. Bodies are at most 10 MiB by default, and rarely above 100 kB.
constexpr std::int64_t kMostReadAgain = 5000;
constexpr std::int64_t kMostBytesReadAgain = std::int64_t{64} << 20;
// Whether there are more of them than that.
bool is_long_history(Connection& connection, const Object& object);
// Whether none of the other deliveries about the object comes after this one. The decoder reads the microseconds of
// those that share its millisecond; where these are too many, the delivery counts as late.
struct Rank {
  bool newest = true;
  bool only = true;
};
Rank find_rank(Connection& connection, const Decoder& decode, const Object& object, std::int64_t id,
               const EventOrder& order);

}  // namespace callarchive::storage
