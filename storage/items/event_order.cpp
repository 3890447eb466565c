#include "storage/items/event_order.h"

#include "storage/sqlite/connection.h"

namespace callarchive::storage {
namespace {

string big_endian(std::int64_t value) {
  string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i));
  return bytes;
}

}  // namespace

EventOrder order_of(const Delivery& delivery, std::string_view sha256, std::int64_t id) {
  if (!delivery.event_time) return {delivery.arrived_at.value_or(delivery.received_at), true, 0, big_endian(id)};
  return {*delivery.event_time, false, delivery.event_micros, delivery.webhook_id.value_or("") + '\0' + string(sha256)};
}

EventOrder order_of_row(const Query& query, int micros) {
  Delivery delivery;
  delivery.received_at = query.integer(1);
  delivery.event_time = query.maybe_integer(2);
  delivery.event_micros = micros;
  delivery.webhook_id = query.maybe_text(3);
  return order_of(delivery, query.text(4), query.integer(0));
}

}  // namespace callarchive::storage
