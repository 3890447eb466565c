#include "server/ingest/derived_id.h"
#include "server/ingest/parts.h"
#include "server/ingest/topics.h"

namespace callarchive::ingest {
namespace {

// SMS_RECEIVED has meant both directions, and so may its mobile form; the other names mean what they say.
optional<string> direction_of_topic(const Envelope& envelope) {
  if (envelope.topic == "SMS_SENT") return "OUTBOUND";
  if (envelope.dialect != Dialect::v2) return std::nullopt;
  return envelope.topic == "sms.sent" ? "OUTBOUND" : "INBOUND";
}

}  // namespace

Event decode_message(const Fields& data, const Envelope& envelope) {
  MessageStored message{
      .id = data.text({"id"}).value_or(""),
      .sent_at = data.instant({"sent_at"}),
      .direction = read_direction(data, {"direction"}),
      .type = data.text({"type"}),
      .content = data.text_or_empty({"content"}),
      .from_number = data.text({"from_number"}),
      .from_name = data.text({"from_name"}),
      .to_number = data.text({"to_number", "to"}),
      .to_name = data.text({"to_name"}),
      .user_email = data.text({"user_email"}),
  };
  if (!message.direction) message.direction = direction_of_topic(envelope);
  if (message.id.empty()) {
    if (!message.sent_at && !message.from_number && !message.to_number) {
      throw DecodeError("a message without an id, a time or a number");
    }
    message.id = derive_id("msg-derived-", {instant_part(message.sent_at), number_part(message.from_number),
                                            number_part(message.to_number), message.direction, message.content});
  }
  return message;
}

}  // namespace callarchive::ingest
