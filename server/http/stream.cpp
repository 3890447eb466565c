#include "server/http/stream.h"

#include "server/http/answer.h"

#include <poll.h>

#include <utility>

namespace callarchive::http {

std::optional<StreamSlot> StreamSlots::take() {
  if (in_use_.fetch_add(1) < most_) return StreamSlot(in_use_);
  --in_use_;
  return std::nullopt;
}

StreamSlot StreamSlots::take_anyway() {
  ++in_use_;
  return StreamSlot(in_use_);
}

bool StreamSender::send(Response response) {
  // A client that is quick enough never lets the server wait, so the end of the program is looked for before each
  // piece.
  const auto may_go_on = [this] { return !room_.is_out_of_time(); };
  return send_stream(connection_, std::move(response), may_go_on, [this](bool is_last) { return write(is_last); });
}

// The slot is free before the client can know that this was the end, so that its next request finds one. A client that
// does not accept the end at once occupies one on.
bool StreamSender::write(bool is_last) {
  bytes_ += connection_.output_head.size();
  if (is_last) {
    slot_.reset();
    if (connection_.flush() == Socket::State::done) return true;
    slot_.emplace(slots_.take_anyway());
  }
  return write_all();
}

bool StreamSender::write_all() {
  for (;;) {
    const Socket::State state = connection_.flush();
    if (state == Socket::State::done) return true;
    if (state == Socket::State::closed || waited_ > room_.time_for(bytes_) || room_.is_out_of_time()) return false;
    const auto begin = Clock::now();
    pollfd ready{connection_.socket.fd(), static_cast<short>(state == Socket::State::wants_read ? POLLIN : POLLOUT), 0};
    ::poll(&ready, 1, 250);
    waited_ += Clock::now() - begin;
  }
}

}  // namespace callarchive::http
