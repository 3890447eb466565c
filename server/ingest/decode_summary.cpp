#include "server/ingest/parts.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

namespace callarchive::ingest {

// Only the topic's name is documented. Elsewhere the vendor writes a summary as {content, version, updated_at}.
Event decode_summary(const Fields& data, const Envelope&) {
  const auto call_id = read_call_id(data);
  if (!call_id) throw DecodeError("a summary without the id of its call");
  SummaryChanged summary{.call_id = *call_id, .version = data.integer({"version"})};
  if (const auto* value = data.find({"content", "summary"}))
    summary.summary = data.name_of(*value, {"content", "text"});
  if (!summary.version) summary.version = data.object({"summary"}).integer({"version"});
  if (!summary.summary && !summary.version) throw DecodeError("a summary without a text");
  return summary;
}

}  // namespace callarchive::ingest
