#include "server/ingest/derived_id.h"

#include "storage/items/phone.h"
#include "storage/sqlite/digest.h"

namespace callarchive::ingest {

std::string derive_id(std::string_view prefix, std::initializer_list<std::optional<std::string>> parts) {
  // 12:+33612345678 for a text, - for none: no two lists of parts can run together into one.
  std::string content;
  for (const auto& part : parts) content += part ? std::to_string(part->size()) + ':' + *part : std::string("-");

  return std::string(prefix) + storage::sha256_hex(content).substr(0, 32);
}

std::optional<std::string> number_part(const std::optional<std::string>& number) {
  if (!number) return {};
  const auto normal = storage::normalize_number(*number, "");
  return normal ? std::optional(normal->number) : std::nullopt;
}

}  // namespace callarchive::ingest
