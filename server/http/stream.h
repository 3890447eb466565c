#pragma once

#include "server/http/connection.h"
#include "server/http/waiting_room.h"

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace callarchive::http {

// One of the streams that may be sent at the same time. A stream occupies its worker for as long as the client needs,
// so some workers must be left for other queries. The slot is occupied until released or destroyed. For one thread.
class StreamSlot {
 public:
  StreamSlot(StreamSlot&& other) noexcept : in_use_(std::exchange(other.in_use_, nullptr)) {}
  StreamSlot& operator=(StreamSlot&&) = delete;
  ~StreamSlot() { release(); }

  void release() {
    if (in_use_) --*in_use_;
    in_use_ = nullptr;
  }

 private:
  friend class StreamSlots;
  explicit StreamSlot(std::atomic<std::size_t>& in_use) : in_use_(&in_use) {}
  std::atomic<std::size_t>* in_use_;  // null when released
};

class StreamSlots {
 public:
  explicit StreamSlots(std::size_t most) : most_(most) {}
  // Nothing if all are occupied. Any thread.
  std::optional<StreamSlot> take();
  // Occupies one even if all are. Any thread.
  StreamSlot take_anyway();

 private:
  const std::size_t most_;
  std::atomic<std::size_t> in_use_{0};
};

// Sends a response with Response::stream set, waiting for the client, on the worker that owns the connection. Over the
// whole response the client must accept at least the bytes that WaitingRoom::time_for() allows: one that reads a little
// now and then would occupy the worker for days. Only the time spent waiting for the client counts, not that for
// making pieces.
class StreamSender {
 public:
  StreamSender(Connection& connection, const WaitingRoom& room, StreamSlots& slots, StreamSlot slot)
      : connection_(connection), room_(room), slots_(slots), slot_(std::move(slot)) {}

  // Returns false if the response was cut short, because of the client or the end of the program. Throws what the
  // stream throws.
  bool send(Response response);

 private:
  bool write(bool is_last);
  bool write_all();

  Connection& connection_;
  const WaitingRoom& room_;
  StreamSlots& slots_;
  std::optional<StreamSlot> slot_;
  std::size_t bytes_ = 0;        // written or to be written so far
  Clock::duration waited_ = {};  // for the client
};

}  // namespace callarchive::http
