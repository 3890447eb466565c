#include "server/ingest/decoding_budget.h"

#include "server/ingest/json_text.h"
#include "server/memory.h"

#include <algorithm>
#include <utility>

namespace callarchive::ingest {
namespace {

constexpr std::size_t kSmallBody = 16u << 10;
constexpr std::size_t kLargeBody = 1u << 20;
constexpr std::size_t kBytesOfValue = 112;  // a member of an object: a node of the map, with key and value
constexpr std::size_t kLeastValue = 2;      // bytes of text for each value: 0,

}  // namespace

std::size_t decoding_bytes(std::size_t body_bytes) {
  return 2 * body_bytes + kBytesOfValue * std::min(body_bytes / kLeastValue, kValueLimit);
}

DecodingBudget::DecodingBudget(std::size_t bytes, std::size_t waiting_limit)
    : bytes_(bytes), waiting_limit_(waiting_limit) {}

std::optional<DecodingBudget::Share> DecodingBudget::take(std::size_t body_bytes) {
  if (body_bytes <= kSmallBody) return Share(nullptr, 0, false);
  const std::size_t bytes = std::min(decoding_bytes(body_bytes), bytes_);
  std::unique_lock lock(mutex_);
  if (used_ + bytes > bytes_) {
    if (waiting_ >= waiting_limit_) return std::nullopt;
    ++waiting_;
    freed_.wait(lock, [&] { return used_ + bytes <= bytes_; });
    --waiting_;
  }
  used_ += bytes;
  return Share(this, bytes, body_bytes > kLargeBody);
}

void DecodingBudget::give_back(std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    used_ -= bytes;
  }
  freed_.notify_all();
}

DecodingBudget::Share::Share(DecodingBudget* budget, std::size_t bytes, bool is_large)
    : budget_(budget), bytes_(bytes), is_large_(is_large) {}

DecodingBudget::Share::Share(Share&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_), is_large_(other.is_large_) {}

DecodingBudget::Share::~Share() {
  if (budget_ == nullptr) return;
  if (is_large_) give_memory_back();
  budget_->give_back(bytes_);
}

}  // namespace callarchive::ingest
