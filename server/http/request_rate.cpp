#include "server/http/request_rate.h"

#include <algorithm>

namespace callarchive::http {
namespace {

constexpr std::size_t kMostClients = 10'000;  // beyond it none is counted any more until the second ends

}  // namespace

RequestRate::Left RequestRate::count(const std::string& client) {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(now_().time_since_epoch()).count();
  const std::lock_guard lock(mutex_);
  if (second != second_) {
    second_ = second;
    requests_.clear();
  }
  int made = 1;
  if (requests_.size() < kMostClients || requests_.contains(client)) made = ++requests_[client];
  return {made <= most_, most_, std::max(0, most_ - made), second + 1};
}

}  // namespace callarchive::http
