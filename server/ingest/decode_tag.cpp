#include "server/ingest/parts.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

namespace callarchive::ingest {

Event decode_tag(const Fields& data, const Envelope& envelope) {
  const auto call_id = read_call_id(data);
  if (!call_id) throw DecodeError("a tag without the id of its call");
  optional<string> tag;
  if (const auto* value = data.find({"tag", "tag_name", "name"})) tag = data.name_of(*value, {"name"});
  if (!tag) throw DecodeError("a tag without a name");
  return TagChanged{.call_id = *call_id, .tag = *tag, .added = envelope.topic == "tag.added"};
}

}  // namespace callarchive::ingest
