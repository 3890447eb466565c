#include "server/ingest/decode.h"

#include "server/ingest/json_text.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

#include <exception>
#include <utility>

namespace callarchive {
namespace {

using namespace ingest;

// What a body says, and what its envelope says about it.
struct Reading {
  Opened opened = {};
  optional<Envelope> envelope = {};
};

Event decode_data(const Envelope& envelope, bool too_deep) {
  const Topic* topic = find_topic(envelope);
  if (topic == nullptr) return Noted{"unknown topic " + envelope.topic};
  if (topic->decode == nullptr) return Noted{envelope.topic};
  try {
    if (envelope.data == nullptr) throw DecodeError("the envelope has no data object");
    return topic->decode(Fields(*envelope.data), envelope);
  } catch (const DecodeError& error) {
    if (too_deep) return Quarantined{"nested deeper than " + std::to_string(kDepthLimit) + " levels"};
    return Quarantined{error.what()};
  }
}

Opened refused(Opening opening, std::string detail) {
  Event event = Quarantined{(opening == Opening::not_json ? "not JSON: " : "no envelope: ") + detail};
  return {.opening = opening, .event = std::move(event), .detail = std::move(detail)};
}

Reading read(const std::string& body) {
  nlohmann::json document;
  const JsonReport report = parse_json(body, document);
  if (!report.valid) return {.opened = refused(Opening::not_json, report.error)};
  std::string why_not;
  auto envelope = open_envelope(document, why_not);
  if (!envelope) return {.opened = refused(Opening::no_envelope, why_not)};
  Event event = decode_data(*envelope, report.too_deep);
  envelope->data = nullptr;  // the document ends here
  return {.opened = {.event = std::move(event)}, .envelope = std::move(envelope)};
}

}  // namespace

// A mistake in here must not cost the delivery: its bytes are kept, and read again after the mistake is mended.
Opened open_and_decode(Delivery& delivery) noexcept {
  try {
    auto [opened, envelope] = read(delivery.body);
    delivery.dialect = envelope ? dialect_name(envelope->dialect) : "unknown";
    delivery.topic = envelope ? optional(std::move(envelope->topic)) : std::nullopt;
    delivery.event_time = envelope ? envelope->event_time : std::nullopt;
    delivery.event_micros = envelope ? envelope->event_micros : 0;
    return std::move(opened);
  } catch (const std::exception& error) {
    return {.event = Quarantined{std::string("decoder failed: ") + error.what()}};
  }
}

Event decode(Delivery& delivery) noexcept { return open_and_decode(delivery).event; }

}  // namespace callarchive
