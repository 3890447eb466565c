#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace callarchive::ingest {

// Bounds the memory that bodies need while they are decoded and stored, over all threads. A small body never waits. A
// larger one waits for its share, so that of bodies above a MiB only a few are decoded at a time; and after it the heap
// gives its memory back to the system.
class DecodingBudget {
 public:
  // Bytes for all larger bodies together, and how many of these may wait.
  explicit DecodingBudget(std::size_t bytes = std::size_t{64} << 20, std::size_t waiting_limit = 32);

  // What a body holds until it is released.
  class Share {
   public:
    Share(Share&& other) noexcept;
    Share& operator=(Share&&) = delete;
    ~Share();

   private:
    friend class DecodingBudget;
    Share(DecodingBudget* budget, std::size_t bytes, bool is_large);
    DecodingBudget* budget_;  // null: there is nothing to give back
    std::size_t bytes_;
    bool is_large_;
  };

  // Waits until there is room for a body of this size, which may be longer than the whole budget. Absent when too many
  // wait already. Any thread. The budget must outlive the share.
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

// At most so many bytes does a body of this size need while it is decoded: its copies and the tree of its values.
std::size_t decoding_bytes(std::size_t body_bytes);

}  // namespace callarchive::ingest
