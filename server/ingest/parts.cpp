#include "server/ingest/parts.h"

#include "server/text/time_text.h"
#include "storage/text/ascii.h"

#include <nlohmann/json.hpp>

namespace callarchive::ingest {

optional<string> read_direction(const Fields& data, Fields::Keys keys) {
  auto direction = data.text(keys);
  if (!direction) return std::nullopt;
  const string upper = ascii::upper(*direction);
  return upper == "INBOUND" || upper == "OUTBOUND" ? upper : direction;
}

optional<string> instant_part(optional<Millis> instant) {
  return instant ? std::optional(format_instant(*instant)) : std::nullopt;
}

// The payload is not documented. These spellings are the vendor's elsewhere; "id" may also be the tag's own.
optional<string> read_call_id(const Fields& data) {
  if (auto id = data.text({"call_id", "conversation_item_id", "item_id"})) return id;
  if (const auto* call = data.find({"call"})) {
    if (auto id = data.name_of(*call, {"id"})) return id;
  }
  auto id = data.text({"id"});
  return id && id->starts_with("tag") ? std::nullopt : id;
}

}  // namespace callarchive::ingest
