#include "server/vendor/standing.h"

#include <algorithm>

namespace callarchive::vendor {
namespace {

constexpr Millis kApart = 2000;  // of the same text in two lists
constexpr std::int64_t kMostAlike = 50;

// Numbers, time and words are all that such a text can be found by.
vector<Message> find_alike(Reader& reader, const MessageStored& message) {
  vector<Message> alike;
  MessageFilter filter;
  const auto& number = message.from_number ? message.from_number : message.to_number;
  if (!number || !message.sent_at) return alike;
  filter.numbers = {*number};
  filter.since = *message.sent_at - kApart;
  filter.until = *message.sent_at + kApart + 1;
  const auto is_same = [](const optional<string>& a, const optional<string>& b) {
    return !a || !b || is_same_telephone(*a, *b);
  };
  for (auto& other : reader.find_messages(filter, {.limit = kMostAlike}).rows) {
    if (other.content != message.content || other.id.starts_with(kIdOfWords)) continue;
    if (!is_same(other.from_number, message.from_number) || !is_same(other.to_number, message.to_number)) continue;
    alike.push_back(std::move(other));
  }
  return alike;
}

template <typename Known, typename Report>
void compare(Standing& standing, const optional<Known>& known, const Report& report) {
  standing.state = Standing::State::missing;
  if (!known) return;
  standing.differences = find_differences(*known, report);
  standing.state = standing.differences.empty() ? Standing::State::same : Standing::State::different;
}

void compare_words(Standing& standing, Reader& reader, const MessageStored& message) {
  const auto alike = find_alike(reader, message);
  if (alike.empty()) return compare(standing, reader.find_message(message.id), message);
  standing.id = alike.front().id;
  standing.state = Standing::State::same;
  if (alike.size() == 1) return;
  standing.state = Standing::State::unsure;
  standing.reason = std::to_string(alike.size()) + " texts have these numbers and words within two seconds";
}

}  // namespace

Delivery make_fetched(const char* dialect, const char* topic, string body, Millis asked_at) {
  return {
      .body = std::move(body), .received_at = asked_at, .origin = Origin::backfill, .dialect = dialect, .topic = topic};
}

Standing find_standing(Reader& reader, const Event& event) {
  Standing standing;
  if (const auto* call = std::get_if<CallCompleted>(&event)) {
    standing.kind = "CALL";
    standing.id = call->id;
    standing.at = call->started_at;
    compare(standing, reader.find_call(call->id, true), *call);
  } else if (const auto* message = std::get_if<MessageStored>(&event)) {
    standing.kind = "SMS";
    standing.id = message->id;
    standing.at = message->sent_at;
    if (message->id.starts_with(kIdOfWords)) compare_words(standing, reader, *message);
    else compare(standing, reader.find_message(message->id), *message);
  } else if (const auto* contact = std::get_if<ContactChanged>(&event)) {
    standing.kind = "PERSON";
    standing.id = contact->id;
    compare(standing, reader.find_contact(contact->id), *contact);
  } else if (const auto* quarantined = std::get_if<Quarantined>(&event)) {
    standing.state = Standing::State::unreadable;
    standing.reason = quarantined->reason;
  }
  return standing;
}

}  // namespace callarchive::vendor
