#include "server/vendor_shape/key_lists.h"

#include <algorithm>

namespace callarchive::vendor_shape {

std::shared_ptr<const Keys> KeyLists::find(const std::string& name, const optional<std::int64_t>& newest,
                                           const std::function<Keys()>& load) {
  const auto is_wanted = [&](const Entry& entry) { return entry.name == name; };
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(entries_.begin(), entries_.end(), is_wanted);
    if (found != entries_.end() && found->newest == newest) {
      entries_.splice(entries_.begin(), entries_, found);
      return found->keys;
    }
  }
  auto keys = std::make_shared<const Keys>(load());
  const std::lock_guard lock(mutex_);
  if (const auto old = std::find_if(entries_.begin(), entries_.end(), is_wanted); old != entries_.end()) {
    held_ -= old->keys->size();
    entries_.erase(old);
  }
  entries_.push_front({name, newest, keys});
  held_ += keys->size();
  while (held_ > most_keys_) {
    held_ -= entries_.back().keys->size();
    entries_.pop_back();
  }
  return keys;
}

std::size_t KeyLists::size() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

}  // namespace callarchive::vendor_shape
