#include "tests/support/plain_decoder.h"

#include <sstream>

namespace callarchive::test {
namespace {

constexpr Millis kBegin = 1'705'312'800'000;  // 2024-01-15T10:00:00Z

CallCompleted call_of(const string& id, const string& from, std::istream& words) {
  CallCompleted call{
      .id = id, .direction = "INBOUND", .result = "ANSWERED", .from_number = from, .to_number = "+14155550100"};
  for (string word; words >> word;) {
    const auto position = static_cast<std::int64_t>(call.transcript.size());
    call.transcript.push_back({.position = position, .source = position % 2 == 0 ? "USER" : "EXTERNAL", .text = word});
  }
  return call;
}

}  // namespace

Event decode_plain(Delivery& delivery) {
  delivery.dialect = "test";
  std::istringstream text(delivery.body);
  string kind, id, number;
  text >> kind >> id >> number;
  if (kind == "call") return call_of(id, number, text);
  string words;
  std::getline(text >> std::ws, words);
  if (kind == "message") {
    return MessageStored{.id = id,
                         .direction = "INBOUND",
                         .type = "SMS",
                         .content = words,
                         .from_number = number,
                         .to_number = "+14155550100"};
  }
  if (kind == "contact") {
    ContactChanged contact{.id = id};
    contact.name = words;
    contact.numbers = vector<string>{number};
    return contact;
  }
  return Quarantined{"no kind that the test knows"};
}

Delivery plain_delivery(int n, const string& words) {
  constexpr const char* kKinds[] = {"message", "message", "message", "call", "contact"};
  Delivery delivery;
  delivery.body =
      string(kKinds[n % 5]) + " id-" + std::to_string(n) + " +3361" + std::to_string(1000000 + n % 97) + " " + words;
  delivery.received_at = kBegin + n * 1000;
  delivery.dialect = "test";
  return delivery;
}

}  // namespace callarchive::test
