#include "storage/items/ringing.h"

#include "storage/items/item_key.h"
#include "storage/items/reference_rows.h"
#include "storage/sqlite/connection.h"

#include <cstdlib>

namespace callarchive::storage {
namespace {

struct Candidate {
  std::int64_t delivery = 0;
  Millis started_at = 0;
  optional<string> direction = {};  // as said, else as the kind of event implies
  optional<std::int64_t> from_id = {}, to_id = {}, user_id = {};

  bool is_outbound() const { return direction == "OUTBOUND"; }
  // Inbound calls come from it, outbound calls go to it.
  optional<std::int64_t> other_party() const { return is_outbound() ? to_id : from_id; }
};

// The vendor says the direction only when a call is answered: what rings was placed by others, what was
// triggered by the user.
optional<string> direction_of(const optional<string>& said, const string& kind) {
  if (said) return said;
  if (kind == "received") return "INBOUND";
  if (kind == "triggered") return "OUTBOUND";
  return {};
}

bool agree(const optional<std::int64_t>& a, const optional<std::int64_t>& b) { return !a || !b || *a == *b; }

// Whether a call can be the one that rang: the other party is the caller of an inbound call and the called
// one of an outbound call.
optional<ItemKey> nearest_call(Connection& connection, const Candidate& ringing) {
  const bool outbound = ringing.is_outbound();
  const auto other = ringing.other_party();
  if (!other) return {};
  auto query = connection.query(
      "SELECT c.item, c.direction, c.from_number_id, c.to_number_id, c.user_id FROM timeline t"
      " JOIN calls c ON c.item = t.item"
      " WHERE t.number_id = :number_id AND t.item >= :first AND t.item < :last ORDER BY t.item");
  query.bind(*other, first_key_at(ringing.started_at - kRingingWindow),
             first_key_at(ringing.started_at + kRingingWindow + 1));
  optional<ItemKey> nearest;
  Millis distance = 0;
  while (query.step()) {
    const auto direction = query.maybe_text(1);
    if (direction && ringing.direction && *direction != *ringing.direction) continue;
    if (query.maybe_integer(outbound ? 3 : 2) != other) continue;
    if (!agree(query.maybe_integer(outbound ? 2 : 3), outbound ? ringing.from_id : ringing.to_id)) continue;
    if (!agree(query.maybe_integer(4), ringing.user_id)) continue;
    const Millis away = std::abs(instant_of(query.integer(0)) - ringing.started_at);
    if (nearest && away >= distance) continue;
    nearest = query.integer(0);
    distance = away;
  }
  return nearest;
}

void join(Connection& connection, const Candidate& ringing) {
  connection.query("UPDATE ringing SET item = :item WHERE delivery_id = :delivery_id AND item IS NOT :item")
      .bind(nearest_call(connection, ringing), ringing.delivery)
      .run();
}

}  // namespace

void insert_ringing(Connection& connection, ReferenceRows& rows, std::int64_t delivery, const CallRinging& ringing,
                    Millis event_time) {
  Candidate candidate;
  candidate.delivery = delivery;
  candidate.started_at = ringing.started_at.value_or(ringing.answered_at.value_or(event_time));
  candidate.direction = direction_of(ringing.direction, ringing.kind);
  candidate.from_id = rows.number_id(ringing.from_number);
  candidate.to_id = rows.number_id(ringing.to_number);
  candidate.user_id = rows.user_id(ringing.user_email);
  connection
      .query(
          "INSERT INTO ringing (delivery_id, kind, started_at, answered_at, direction, from_number,"
          " from_number_id, to_number, to_number_id, user_id, contact_id, contact_name, company_name)"
          " VALUES (:delivery_id, :kind, :started_at, :answered_at, :direction, :from_number, :from_number_id,"
          " :to_number, :to_number_id, :user_id, :contact_id, :contact_name, :company_name)")
      .bind(delivery, ringing.kind, candidate.started_at, ringing.answered_at, ringing.direction, ringing.from_number,
            candidate.from_id, ringing.to_number, candidate.to_id, candidate.user_id, ringing.contact_id,
            ringing.contact_name, ringing.company ? ringing.company->name : optional<string>{})
      .run();
  join(connection, candidate);
}

bool erase_ringing(Connection& connection, std::int64_t delivery) {
  auto query = connection.query("DELETE FROM ringing WHERE delivery_id = :delivery_id RETURNING 1");
  query.bind(delivery);
  const bool was_there = query.step();
  query.run();
  return was_there;
}

void join_ringing_near(Connection& connection, Millis at, optional<std::int64_t> from_id,
                       optional<std::int64_t> to_id) {
  vector<Candidate> near;
  const auto add = [&](const char* party, bool outbound, optional<std::int64_t> number) {
    if (!number) return;
    auto query = connection.query(string("SELECT delivery_id, started_at, direction, kind, from_number_id, "
                                         "to_number_id, user_id FROM ringing WHERE ") +
                                  party + " = :number_id AND started_at BETWEEN :first AND :last");
    query.bind(*number, at - kRingingWindow, at + kRingingWindow);
    while (query.step()) {
      Candidate ringing{
          query.integer(0),       query.integer(1),       direction_of(query.maybe_text(2), query.text(3)),
          query.maybe_integer(4), query.maybe_integer(5), query.maybe_integer(6)};
      if (ringing.is_outbound() == outbound) near.push_back(std::move(ringing));
    }
  };
  add("from_number_id", false, from_id);
  add("to_number_id", true, to_id);
  for (const auto& ringing : near) join(connection, ringing);
}

}  // namespace callarchive::storage
