#pragma once

#include "storage/records.h"
#include "storage/sqlite/digest.h"

#include <string>
#include <string_view>

// The key of a call or message is made of its time:
//
//   | instant in Unix milliseconds, signed | slot, 11 bits | kind, 1 bit |
//
// The slot distinguishes items of the same millisecond. It starts as a digest of the id, so that it does not depend on
// which of two items arrived first. It has no more bits than a millisecond may need, because each bit makes the lists
// of the search index longer, which store the differences between keys.

namespace callarchive::storage {

enum class ItemKind { call = 0, message = 1 };

constexpr int kKindBits = 1;
constexpr int kSlotBits = 11;
constexpr std::int64_t kSlots = std::int64_t{1} << kSlotBits;
constexpr int kInstantShift = kKindBits + kSlotBits;

// The instants that fit into a key: 71,000 years before and after 1970.
constexpr Millis kEarliestInstant = -(std::int64_t{1} << (63 - kInstantShift));
constexpr Millis kLatestInstant = (std::int64_t{1} << (63 - kInstantShift)) - 1;

constexpr ItemKey make_item_key(Millis at, std::int64_t slot, ItemKind kind) {
  return (at * (std::int64_t{1} << kInstantShift)) + (slot << kKindBits) + static_cast<int>(kind);
}
constexpr Millis instant_of(ItemKey item) { return item >> kInstantShift; }
constexpr ItemKind kind_of(ItemKey item) { return static_cast<ItemKind>(item & 1); }
constexpr std::int64_t slot_of(ItemKey item) { return (item >> kKindBits) & (kSlots - 1); }

// The smallest key that an item at this instant or later can have: the bound for `since` and `until`.
constexpr ItemKey first_key_at(Millis at) {
  if (at < kEarliestInstant) return INT64_MIN;
  if (at > kLatestInstant) return INT64_MAX;
  return at * (std::int64_t{1} << kInstantShift);
}

// The spelling of an id in which ids are compared: the vendor writes both cll_x and cll-x for the same call.
inline std::string comparable_id(std::string_view id) {
  std::string text(id);
  const auto mark = text.find_first_of("_-");
  if (mark != std::string::npos) text[mark] = '-';
  return text;
}

// The slot in which the search for a free one begins. `comparable` as comparable_id makes it.
constexpr std::int64_t home_slot(std::string_view comparable) {
  return static_cast<std::int64_t>(digest64(comparable) & (kSlots - 1));
}

}  // namespace callarchive::storage
