#pragma once

#include "storage/records.h"
#include "storage/sqlite/digest.h"

#include <string>
#include <string_view>

// The key of a call or message is a place in time:
//
//   | instant in Unix milliseconds, signed | slot, 11 bits | kind, 1 bit |
//
// The slot tells apart what fell into the same millisecond. It starts as a digest of the id, so that it does
// not depend on which of two items arrived first. Each bit less makes the lists of the search index shorter, which hold
// the steps from key to key; so there are only as many as a millisecond may need.

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

// The smallest key of any item at or after an instant: bounds of `since` and `until`.
constexpr ItemKey first_key_at(Millis at) {
  if (at < kEarliestInstant) return INT64_MIN;
  if (at > kLatestInstant) return INT64_MAX;
  return at * (std::int64_t{1} << kInstantShift);
}

// An id in the spelling that is compared: the vendor writes cll_x and cll-x for the same call.
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
