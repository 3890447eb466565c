#include "server/http/connection.h"

namespace callarchive::http {

Socket::State Connection::flush() {
  const std::size_t total = output_head.size() + output_body.size();
  while (sent < total) {
    const bool in_head = sent < output_head.size();
    const std::string_view rest = in_head ? std::string_view(output_head).substr(sent)
                                          : std::string_view(output_body).substr(sent - output_head.size());
    const auto [state, bytes] = socket.write(rest, in_head && !output_body.empty());
    if (state != Socket::State::done) return state;
    sent += bytes;
  }
  release(output_head);
  release(output_body);
  sent = 0;
  return Socket::State::done;
}

std::size_t Connection::held() const {
  return input.capacity() + exchange.request.body.capacity() + output_head.capacity() + output_body.capacity();
}

}  // namespace callarchive::http
