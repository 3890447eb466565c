#include "storage/ledger/projector.h"

#include "storage/items/calls.h"
#include "storage/items/contacts.h"
#include "storage/items/key_allocation.h"
#include "storage/items/messages.h"
#include "storage/items/ringing.h"
#include "storage/ledger/changes.h"
#include "storage/sqlite/connection.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace callarchive::storage {
namespace {

template <typename... Cases>
struct Visitor : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Visitor(Cases...) -> Visitor<Cases...>;  // clang 14 does not find this by itself

// Folds an event about a call into its state. Tags and summaries may come before the call itself: the state
// is a call once a report is among them.
struct CallFold {
  CallState state = {};
  bool reported = false;

  void operator()(const Event& event, Millis at) {
    if (const auto* report = std::get_if<CallCompleted>(&event)) {
      if (!std::exchange(reported, true)) state.at = at;
      merge(state, *report);
    } else if (const auto* tag = std::get_if<TagChanged>(&event)) {
      merge(state, *tag);
    } else if (const auto* summary = std::get_if<SummaryChanged>(&event)) {
      merge(state, *summary);
    }
  }
};

// By so much the threads that receive may overtake each other on the way to the writer.
constexpr Millis kOvertaking = 5000;

constexpr const char* kCrowded = "too many calls or messages of the same millisecond";
constexpr const char* kTooLong = "too much was said of the same thing to read all of it again";

// Object keys are digests and may, in theory, be shared by two objects.
bool is_about(const Event& event, const Object& object) {
  const auto other = object_of(event);
  return other && other->kind == object.kind && comparable_id(other->id) == comparable_id(object.id);
}

bool has_other_words(const MessageState& a, const MessageState& b) {
  return a.at != b.at || a.said.content != b.said.content || a.said.from_number != b.said.from_number ||
         a.said.to_number != b.said.to_number;
}

// Whether there is room for an item at this instant. Where it already is, there is.
bool has_room(Connection& connection, const optional<ItemKey>& item, ItemKind kind, Millis at) {
  return (item && instant_of(*item) == at) || !is_crowded(connection, kind, at);
}

}  // namespace

Outcome outcome_of(const Event& event) {
  if (std::holds_alternative<Noted>(event)) return Outcome::noted;
  if (std::holds_alternative<Quarantined>(event)) return Outcome::quarantined;
  return Outcome::applied;
}

optional<string> reason_of(const Event& event, const Delivery& delivery) {
  if (const auto* noted = std::get_if<Noted>(&event)) return noted->reason;
  if (const auto* quarantined = std::get_if<Quarantined>(&event)) return quarantined->reason;
  return delivery.remark;
}

Projector::Projector(Connection& connection, const string& default_region, Decoder decode)
    : connection_(connection), rows_(connection, default_region), index_(connection), decode_(std::move(decode)) {}

void Projector::discard() {
  rows_.discard();
  index_.discard();
  last_arrival_.reset();
}

Receipt Projector::store(Delivery& delivery, const Event& event, const RedeliveryRules& rules) {
  const auto digest = sha256(delivery.body);
  if (delivery.merged_at) {
    if (const auto same = find_same(connection_, delivery, digest)) return {Receipt::Status::duplicate, *same, {}};
  }
  const auto object = object_of(event);
  // What another archive has as a delivery of its own is not one that came again, but for its id.
  optional<Repeat> repeat;
  if (!delivery.merged_at || delivery.webhook_id) repeat = find_repeat(connection_, delivery, digest, object, rules);
  if (repeat && repeat->same_bytes) {
    count_repeat(connection_, repeat->of, delivery.received_at);
    return {Receipt::Status::duplicate, repeat->of, {}};
  }
  LedgerRow row{delivery, digest, object, {}, outcome_of(event), reason_of(event, delivery)};
  if (repeat) {
    // Nothing that was authenticated is thrown away, but one id is one delivery.
    row.repeat_of = repeat->of;
    row.outcome = Outcome::noted;
    row.reason = "same webhook-id as delivery " + std::to_string(repeat->of) + ", other bytes";
    append(delivery, row);
    count_repeat(connection_, repeat->of, delivery.received_at);
    return {Receipt::Status::duplicate, repeat->of, row.reason};
  }
  const auto id = append(delivery, row);
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  if (auto reason = project(id, order_of(delivery, bytes, id), event)) {
    return {Receipt::Status::quarantined, id, std::move(reason)};
  }
  const auto status = row.outcome == Outcome::applied ? Receipt::Status::stored
                      : row.outcome == Outcome::noted ? Receipt::Status::noted
                                                      : Receipt::Status::quarantined;
  return {status, id, row.reason};
}

// `row` refers to the delivery.
std::int64_t Projector::append(Delivery& delivery, const LedgerRow& row) {
  settle_arrival(delivery);
  return insert_delivery(connection_, row);
}

void Projector::settle_arrival(Delivery& delivery) {
  if (delivery.merged_at) return;
  if (!last_arrival_) last_arrival_ = find_last_arrival(connection_);
  const Millis last = last_arrival_.value_or(delivery.received_at);
  // What was fetched counts from the moment of its request, which may be before what arrived meanwhile.
  if (delivery.origin == Origin::backfill && delivery.received_at < last) return;
  if (last - delivery.received_at > kOvertaking) {
    refold_what_came_late(lower_arrivals(connection_, delivery.received_at));
  } else if (delivery.received_at < last) {
    delivery.received_at = last;
  }
  last_arrival_ = delivery.received_at;
}

void Projector::refold_what_came_late(const vector<std::int64_t>& deliveries) {
  std::set<std::int64_t> done;  // keys of objects
  for (const auto delivery : deliveries) refold(delivery, done);
}

// What a delivery speaks of, from all that was ever said of it; each object once.
void Projector::refold(std::int64_t delivery, std::set<std::int64_t>& done) {
  auto kept = find_stored(connection_, delivery);
  if (!kept) return;
  const Event event = decode_(kept->delivery);
  const auto order = order_of(kept->delivery, kept->sha256, delivery);
  const EventContext context{delivery, order};
  if (const auto* ringing = std::get_if<CallRinging>(&event)) {
    if (erase_ringing(connection_, delivery)) insert_ringing(connection_, rows_, delivery, *ringing, order.at);
    return;
  }
  const auto object = object_of(event);
  if (!object || !done.insert(object->key()).second) return;
  if (object->kind == Object::Kind::call) {
    project_call(context, *object, event, true);
  } else if (const auto* message = std::get_if<MessageStored>(&event)) {
    project_message(context, *message, true);
  } else {
    refold_contact(connection_, rows_, index_, require_contact(connection_, index_, object->id));
  }
  note_change(connection_, *object, delivery);
  index_.flush_if_large();
}

optional<string> Projector::project(std::int64_t delivery, const EventOrder& order, const Event& event) {
  const EventContext context{delivery, order};
  intern_references(event);
  const char* obstacle = nullptr;
  const auto object = object_of(event);
  if (object && object->kind == Object::Kind::call) {
    obstacle = project_call(context, *object, event);
  } else if (const auto* message = std::get_if<MessageStored>(&event)) {
    obstacle = project_message(context, *message);
  } else if (const auto* contact = std::get_if<ContactChanged>(&event)) {
    obstacle = project_contact(context, *contact);
  } else if (const auto* ringing = std::get_if<CallRinging>(&event)) {
    insert_ringing(connection_, rows_, delivery, *ringing, order.at);
  }
  if (object && !obstacle) note_change(connection_, *object, delivery);
  index_.flush_if_large();
  if (!obstacle) return {};
  quarantine(connection_, delivery, obstacle);
  return obstacle;
}

// Every number, user, company and tag that was ever named has its row, also when what named it was outdated
// already when it arrived.
void Projector::intern_references(const Event& event) {
  std::visit(Visitor{[&](const CallCompleted& call) {
                       rows_.number_id(call.from_number);
                       rows_.number_id(call.to_number);
                       rows_.number_id(call.original_to_number);
                       for (const auto& party : {call.transfer_from, call.transfer_to}) {
                         if (!party) continue;
                         rows_.number_id(party->number);
                         rows_.user_id(party->user_email);
                       }
                       rows_.user_id(call.user_email);
                       for (const auto& tag : call.tags) rows_.tag_id(tag);
                     },
                     [&](const MessageStored& message) {
                       rows_.number_id(message.from_number);
                       rows_.number_id(message.to_number);
                       rows_.user_id(message.user_email);
                     },
                     [&](const ContactChanged& contact) {
                       if (contact.company) rows_.company_id(*contact.company);
                       if (!contact.numbers) return;
                       for (const auto& number : *contact.numbers) rows_.number_id(number);
                     },
                     [&](const TagChanged& change) { rows_.tag_id(change.tag); },
                     [&](const CallRinging& ringing) {
                       rows_.number_id(ringing.from_number);
                       rows_.number_id(ringing.to_number);
                       rows_.user_id(ringing.user_email);
                       rows_.company_id(ringing.company);
                       for (const auto& number : ringing.contact_numbers) rows_.number_id(number);
                     },
                     [](const SummaryChanged&) {}, [](const Noted&) {}, [](const Quarantined&) {}},
             event);
}

// The ledger has them in the order of their milliseconds. Only where several with a time of their own share one do they
// have to be read twice: first for the order among them, then for what they say.
void Projector::read_history(const Object& object, const std::function<void(const EventOrder&, const Event&)>& take) {
  const auto read = [&](StoredDelivery& kept) {
    kept.delivery.body = find_body(connection_, kept.id);
    Event event = decode_(kept.delivery);
    string().swap(kept.delivery.body);
    return event;
  };
  const auto time_of = [](const StoredDelivery& kept) {
    return kept.delivery.event_time.value_or(kept.delivery.arrived_at.value_or(kept.delivery.received_at));
  };
  auto history = find_history(connection_, object);
  for (auto first = history.begin(); first != history.end();) {
    const auto last =
        std::find_if(first, history.end(), [&](const auto& kept) { return time_of(kept) != time_of(*first); });
    if (last - first > 1) {
      vector<std::pair<EventOrder, StoredDelivery>> tied;
      for (auto kept = first; kept != last; ++kept) {
        if (kept->delivery.event_time) read(*kept);
        tied.emplace_back(order_of(kept->delivery, kept->sha256, kept->id), std::move(*kept));
      }
      std::sort(tied.begin(), tied.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      std::transform(tied.begin(), tied.end(), first, [](auto& each) { return std::move(each.second); });
    }
    for (; first != last; ++first) {
      const Event event = read(*first);
      if (is_about(event, object)) take(order_of(first->delivery, first->sha256, first->id), event);
    }
  }
}

const char* Projector::project_call(const EventContext& context, const Object& call, const Event& event,
                                    bool from_all) {
  const auto item = find_call_item(connection_, comparable_id(call.id));
  const Rank rank = from_all ? Rank{.newest = false, .only = false}
                             : find_rank(connection_, decode_, call, context.delivery, context.order);
  CallFold fold;
  if (item && rank.newest) {
    fold.state = load_call_state(connection_, *item);
    fold.reported = true;
    fold(event, context.order.at);
  } else if (rank.only) {
    fold(event, context.order.at);
  } else {
    if (is_long_history(connection_, call)) return kTooLong;
    read_history(call, [&](const EventOrder& order, const Event& said) { fold(said, order.at); });
  }
  if (!fold.reported) return nullptr;
  if (!has_room(connection_, item, ItemKind::call, fold.state.at)) return kCrowded;
  if (item) erase_call(connection_, index_, *item);
  insert_call(connection_, rows_, index_, fold.state);
  return nullptr;
}

const char* Projector::project_message(const EventContext& context, const MessageStored& message, bool from_all) {
  const Object object{Object::Kind::message, message.id};
  const auto item = find_message_item(connection_, comparable_id(message.id));
  MessageState state{.at = context.order.at};
  if (!item) {
    merge(state, message);
  } else if (!from_all && find_rank(connection_, decode_, object, context.delivery, context.order).newest) {
    state = load_message_state(connection_, *item);
    merge(state, message);
  } else {
    if (is_long_history(connection_, object)) return kTooLong;
    bool first = true;
    read_history(object, [&](const EventOrder& order, const Event& said) {
      if (std::exchange(first, false)) state.at = order.at;
      merge(state, std::get<MessageStored>(said));
    });
  }
  if (is_known_by_words(message)) {
    if (item || !find_same_words(connection_, rows_, state, false).empty()) return nullptr;
  }
  if (!has_room(connection_, item, ItemKind::message, state.at)) return kCrowded;
  optional<MessageState> before;
  if (item) {
    before = load_message_state(connection_, *item);
    erase_message(connection_, index_, *item);
  }
  insert_message(connection_, rows_, index_, state);
  if (is_known_by_words(message)) return nullptr;
  give_way(state, context.delivery);
  if (before && has_other_words(*before, state)) bring_back(*before);
  return nullptr;
}

void Projector::give_way(const MessageState& shown, std::int64_t delivery) {
  for (const auto item : find_same_words(connection_, rows_, shown, true)) {
    note_gone_message(connection_, load_messages(connection_, {item}).front().id, delivery);
    erase_message(connection_, index_, item);
  }
}

// The message that had the same words has been corrected: what it stood for is looked for again. That is rare, and
// there is no index for it.
void Projector::bring_back(const MessageState& gone) {
  constexpr Millis kApart = 2000;
  const EventOrder none;
  vector<std::int64_t> ids;
  {
    auto query = connection_.query(
        "SELECT id FROM deliveries WHERE topic = 'message' AND dialect = 'rest_v1' AND repeat_of IS NULL ORDER BY id");
    while (query.step()) ids.push_back(query.integer(0));
  }
  for (const auto id : ids) {
    Delivery delivery{
        .body = find_body(connection_, id), .origin = Origin::backfill, .dialect = "rest_v1", .topic = "message"};
    const Event event = decode_(delivery);
    const auto* message = std::get_if<MessageStored>(&event);
    if (!message || !message->sent_at || message->content != gone.said.content) continue;
    if (std::abs(*message->sent_at - gone.at) > kApart) continue;
    project_message({id, none}, *message);
    note_change(connection_, {Object::Kind::message, message->id}, id);
  }
}

const char* Projector::project_contact(const EventContext& context, const ContactChanged& contact) {
  const Object object{Object::Kind::contact, contact.id};
  const bool is_newest = find_rank(connection_, decode_, object, context.delivery, context.order).newest;
  if (!is_newest && is_long_history(connection_, object)) return kTooLong;
  ContactVersionRow version{context.delivery, context.order, contact};
  // Blank text is not a number, neither now nor in what was said.
  if (auto& numbers = version.said.numbers) {
    std::erase_if(*numbers, [&](const string& number) { return !rows_.number_id(number); });
  }
  const auto key = require_contact(connection_, index_, contact.id);
  insert_contact_version(connection_, key, version);
  if (is_newest) {
    apply_to_contact(connection_, rows_, index_, key, version);
  } else {
    refold_contact(connection_, rows_, index_, key);
  }
  return nullptr;
}

}  // namespace callarchive::storage
