#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace callarchive::ingest {

// Limits the memory that bodies need while they are decoded and stored, for all threads together. A small body never
// waits. A larger one waits for its share, so that only a few bodies above 1 MiB are decoded at a time; after such a
// body the heap returns its free memory to the system.
class DecodingBudget {
 public:
  // The bytes for all larger bodies together, and how many of these may wait.
  explicit DecodingBudget(std::size_t bytes = std::size_t{64} << 20, std::size_t waiting_limit = 32);

  // The share of one body, which is returned on destruction.
  class Share {
   public:
    Share(Share&& other) noexcept;
    Share& operator=(Share&&) = delete;
    ~Share();

   private:
    friend class DecodingBudget;
    Share(DecodingBudget* budget, std::size_t bytes, bool is_large);
    DecodingBudget* budget_;  // null: there is nothing to return
    std::size_t bytes_;
    bool is_large_;
  };

  // Waits until the budget has room for a body of this size; a body that needs more than the whole budget waits for all
  // of it. Absent if too many are waiting already. Any thread. The budget must outlive the share.
  std::optional<Share> take(std::size_t body_bytes);

 private:
  void give_back(std::size_t bytes);

  const std::size_t bytes_;
  const std::size_t waiting_limit_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t used_ = 0;
  std::size_t waiting_ = 0;
};

// The most bytes that a body of this size needs while it is decoded: its copies and the tree of its values.
std::size_t decoding_bytes(std::size_t body_bytes);

}  // namespace callarchive::ingest
