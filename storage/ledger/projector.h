#pragma once

#include "storage/archive.h"
#include "storage/items/messages.h"
#include "storage/items/reference_rows.h"
#include "storage/ledger/deliveries.h"
#include "storage/search/index.h"

#include <set>

// Turns deliveries into rows. The tables are a function of the set of deliveries: for each call, message and
// contact a fold over all that was said of it, in the order of event_order.h.

namespace callarchive::storage {

class Connection;

// For the writer's thread, inside its transaction.
class Projector {
 public:
  Projector(Connection& connection, const string& default_region, Decoder decode);

  // Puts a delivery into the ledger and what it says into the tables. `received_at` is raised to that of the last one
  // where threads overtook each other; where it is far behind, the clock was ahead, and what came since then no longer
  // counts as later.
  Receipt store(Delivery& delivery, const Event& event, const RedeliveryRules& rules);

  // The second half alone, for a delivery that is in the ledger already. Where that cannot be done, the delivery
  // is quarantined and the tables are left as they are; returns why.
  optional<string> project(std::int64_t delivery, const EventOrder& order, const Event& event);

  // To be called before each commit: writes to the search index what has changed since the last one.
  void finish() { index_.flush(); }
  // After a rollback: what is held in memory may not be in the file.
  void discard();

 private:
  struct EventContext {
    std::int64_t delivery;
    const EventOrder& order;
  };
  void settle_arrival(Delivery& delivery);
  void refold_what_came_late(const vector<std::int64_t>& deliveries);
  void refold(std::int64_t delivery, std::set<std::int64_t>& done);
  std::int64_t append(Delivery& delivery, const LedgerRow& row);
  void intern_references(const Event& event);
  // Hands on what all deliveries about the object say, in the order in which they hold, and holds one at a time.
  void read_history(const Object& object, const std::function<void(const EventOrder&, const Event&)>& take);
  // Why what is said cannot be put into the tables; null when it has been. `from_all`: from all that was ever said,
  // also where less would do.
  const char* project_call(const EventContext& context, const Object& call, const Event& event, bool from_all = false);
  const char* project_message(const EventContext& context, const MessageStored& message, bool from_all = false);
  // A message that is known by its words alone is not shown beside one with an id that has the same.
  void give_way(const MessageState& shown, std::int64_t delivery);
  void bring_back(const MessageState& gone);
  const char* project_contact(const EventContext& context, const ContactChanged& contact);

  Connection& connection_;
  ReferenceRows rows_;
  SearchIndex index_;
  Decoder decode_;
  optional<Millis> last_arrival_ = {};  // of the ledger; absent: not read yet, or there is none
};

Outcome outcome_of(const Event& event);
// What the ledger says beside the outcome.
optional<string> reason_of(const Event& event, const Delivery& delivery);

}  // namespace callarchive::storage
