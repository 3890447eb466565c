#pragma once

#include "storage/records.h"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace callarchive::vendor_shape {

using Keys = std::vector<std::int64_t>;

// The keys of whole lists, remembered while the archive stays as it is. The vendor numbers its pages and counts all
// rows; a count passes all keys of a list anyhow, and with the keys at hand each page costs the same, wherever it is.
// Holds at most `most_keys` (8 bytes each); beyond that the list that was not used for the longest time is forgotten.
// Any thread.
class KeyLists {
 public:
  explicit KeyLists(std::size_t most_keys = 4'000'000) : most_keys_(most_keys) {}

  // `name` tells lists apart; `newest` is the newest delivery before `load` reads. A list that was loaded at another
  // one is loaded again.
  std::shared_ptr<const Keys> find(const std::string& name, const optional<std::int64_t>& newest,
                                   const std::function<Keys()>& load);

  std::size_t size() const;  // keys

 private:
  struct Entry {
    std::string name;
    optional<std::int64_t> newest;
    std::shared_ptr<const Keys> keys;
  };
  const std::size_t most_keys_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the last used one first
  std::size_t held_ = 0;
};

}  // namespace callarchive::vendor_shape
