#include "server/ingest/decode.h"

#include "server/ingest/decode_fetched.h"
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
  optional<string> remark = {};  // what an event without a reason of its own leaves out
};

Event decode_data(const Envelope& envelope, bool too_deep, UnreadableTimes& unreadable) {
  const Topic* topic = find_topic(envelope);
  if (topic == nullptr) return Noted{"unknown topic " + envelope.topic};
  if (topic->decode == nullptr) return Noted{envelope.topic};
  try {
    if (envelope.data == nullptr) throw DecodeError("the envelope has no data object");
    return topic->decode(Fields(*envelope.data, {envelope.keys, &unreadable}), envelope);
  } catch (const DecodeError& error) {
    if (too_deep) return Quarantined{"nested deeper than " + std::to_string(kDepthLimit) + " levels"};
    return Quarantined{error.what()};
  }
}

// An event that has a reason of its own says there what could not be read; `remark` is empty then.
void add_to_reason(Event& event, optional<string>& remark) {
  if (auto* noted = std::get_if<Noted>(&event)) {
    noted->reason += "; " + *std::exchange(remark, std::nullopt);
  } else if (auto* quarantined = std::get_if<Quarantined>(&event)) {
    quarantined->reason += "; " + *std::exchange(remark, std::nullopt);
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
  UnreadableTimes unreadable;
  auto envelope = open_envelope(document, why_not, unreadable);
  if (!envelope) return {.opened = refused(Opening::no_envelope, why_not)};
  Event event = report.too_many ? Event(Quarantined{"more than " + std::to_string(kValueLimit) + " JSON values"})
                                : decode_data(*envelope, report.too_deep, unreadable);
  envelope->data = nullptr;  // the document ends here
  optional<string> remark = unreadable.reason();
  if (remark) add_to_reason(event, remark);
  return {.opened = {.event = std::move(event), .unreadable_times = unreadable.count()},
          .envelope = std::move(envelope),
          .remark = std::move(remark)};
}

// Of an object without an envelope.
Reading read_fetched(const Delivery& delivery) {
  nlohmann::json document;
  const JsonReport report = parse_json(delivery.body, document);
  if (!report.valid) return {.opened = refused(Opening::not_json, report.error)};
  UnreadableTimes unreadable;
  Event event = Quarantined{"more than " + std::to_string(kValueLimit) + " JSON values"};
  try {
    if (!report.too_many) {
      event =
          decode_fetched(Fields(document, {.unreadable = &unreadable}), delivery.dialect, delivery.topic.value_or(""));
    }
  } catch (const DecodeError& error) {
    event = Quarantined{error.what()};
  }
  optional<string> remark = unreadable.reason();
  if (remark) add_to_reason(event, remark);
  return {.opened = {.event = std::move(event), .unreadable_times = unreadable.count()}, .remark = std::move(remark)};
}

}  // namespace

// A mistake in here must not cost the delivery: its bytes are kept, and read again after the mistake is mended.
Opened open_and_decode(Delivery& delivery) noexcept {
  try {
    if (delivery.origin == Origin::backfill) {
      auto reading = read_fetched(delivery);
      delivery.remark = std::move(reading.remark);
      return std::move(reading.opened);
    }
    auto [opened, envelope, remark] = read(delivery.body);
    delivery.dialect = envelope ? dialect_name(envelope->dialect) : "unknown";
    delivery.topic = envelope ? optional(std::move(envelope->topic)) : std::nullopt;
    delivery.event_time = envelope ? envelope->event_time : std::nullopt;
    delivery.event_micros = envelope ? envelope->event_micros : 0;
    delivery.remark = std::move(remark);
    return std::move(opened);
  } catch (const std::exception& error) {
    return {.event = Quarantined{std::string("decoder failed: ") + error.what()}};
  }
}

Event decode(Delivery& delivery) noexcept { return open_and_decode(delivery).event; }

}  // namespace callarchive
