#include "server/ingest/receive.h"

#include "server/ingest/decode.h"
#include "server/ingest/decoding_budget.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace callarchive {
namespace {

const char* status_name(Receipt::Status status) {
  switch (status) {
    case Receipt::Status::stored: return "stored";
    case Receipt::Status::duplicate: return "duplicate";
    case Receipt::Status::noted: return "noted";
    case Receipt::Status::quarantined: return "quarantined";
  }
  return "stored";
}

http::Response answer(const Receipt& receipt) {
  nlohmann::json body = {{"status", status_name(receipt.status)}, {"delivery", receipt.delivery}};
  if (receipt.reason) body["reason"] = *receipt.reason;
  return {.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

[[noreturn]] void refuse_for_now(const char* code, const std::string& detail) {
  http::HttpError error(503, code, detail);
  error.headers.emplace_back("Retry-After", "5");
  throw error;
}

Receipt store_or_refuse(Archive& archive, Delivery delivery, Event event) {
  try {
    return archive.store(std::move(delivery), std::move(event));
  } catch (const QueueFull& error) {
    refuse_for_now("overloaded", error.what());
  } catch (const NotDurable& error) {
    refuse_for_now("not_durable", error.what());
  }
}

}  // namespace

http::Handler make_receiver(Archive& archive, std::shared_ptr<WebhookAccess> access, std::function<Millis()> now,
                            DeliveryObserver observe) {
  return [&archive, access = std::move(access), now = std::move(now), observe = std::move(observe),
          budget = std::make_shared<ingest::DecodingBudget>()](http::Request& request) {
    const Millis received_at = now();
    Sender sender = access->authenticate(request, received_at);
    const auto share = budget->take(request.body.size());
    if (!share) refuse_for_now("overloaded", "too many large webhooks at once");
    Delivery delivery{
        .body = std::move(request.body), .received_at = received_at, .webhook_id = std::move(sender.webhook_id)};
    Opened opened = open_and_decode(delivery);
    const std::string topic = delivery.topic.value_or("");
    const Receipt receipt = store_or_refuse(archive, std::move(delivery), std::move(opened.event));
    if (observe) observe(topic, receipt, opened.unreadable_times);
    // The vendor disables an endpoint that keeps refusing. Whoever tries things out on loopback is helped by the error.
    if (sender.is_authenticated) return answer(receipt);
    const std::string stored_as = "; stored as delivery " + std::to_string(receipt.delivery);
    if (opened.opening == Opening::not_json) throw http::HttpError(400, "not_json", opened.detail + stored_as);
    if (opened.opening == Opening::no_envelope) throw http::HttpError(422, "no_envelope", opened.detail + stored_as);
    return answer(receipt);
  };
}

}  // namespace callarchive
