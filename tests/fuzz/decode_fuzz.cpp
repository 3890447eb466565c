#include "server/ingest/decode.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <tuple>

// Any bytes as the body of a delivery: an outcome that explains itself, the same one each time, and no crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callarchive;
  Delivery delivery{.body = string(reinterpret_cast<const char*>(data), size)};
  const Opened opened = open_and_decode(delivery);
  const bool is_envelope = opened.opening == Opening::envelope;
  if (is_envelope != delivery.topic.has_value() || is_envelope != opened.detail.empty()) std::abort();
  if (const auto* quarantined = std::get_if<Quarantined>(&opened.event)) {
    if (quarantined->reason.empty() || quarantined->reason.starts_with("decoder failed")) std::abort();
  }
  const auto [dialect, topic, event_time] = std::tuple(delivery.dialect, delivery.topic, delivery.event_time);
  if (decode(delivery) != opened.event) std::abort();
  if (std::tie(dialect, topic, event_time) != std::tie(delivery.dialect, delivery.topic, delivery.event_time)) {
    std::abort();
  }
  return 0;
}
