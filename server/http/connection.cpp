#include "server/http/connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace callarchive::http {
namespace {

constexpr std::int64_t kFilePiece = 256 << 10;  // of a file in one turn: a slow disk must not hold up other clients
constexpr std::int64_t kTlsPiece = 64 << 10;    // of it that is held in memory where it must be encrypted

}  // namespace

std::shared_ptr<const int> share_descriptor(int descriptor) {
  return {new const int(descriptor), [](const int* shared) {
            ::close(*shared);
            delete shared;
          }};
}

Socket::State Connection::flush() {
  for (std::int64_t left = kFilePiece; left > 0;) {
    if (const auto state = flush_text(); state != Socket::State::done) return state;
    if (output_file.length == 0) {
      output_file = {};
      return Socket::State::done;
    }
    const std::int64_t before = output_file.length;
    if (const auto state = flush_file(); state != Socket::State::done) return state;
    left -= before - output_file.length;
  }
  return Socket::State::wants_write;
}

// Sends the next piece of the file, or puts it where flush_text() finds it.
Socket::State Connection::flush_file() {
  const int file = *output_file.descriptor;
  ::posix_fadvise(file, output_file.offset, 2 * kFilePiece, POSIX_FADV_WILLNEED);
  std::int64_t taken = 0;
  if (socket.is_tls()) {
    output_body.resize(static_cast<std::size_t>(std::min(output_file.length, kTlsPiece)));
    const ssize_t got = ::pread(file, output_body.data(), output_body.size(), output_file.offset);
    output_body.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    taken = got;
  } else {
    const auto [state, bytes] = socket.send_file(file, output_file.offset, std::min(output_file.length, kFilePiece));
    if (state == Socket::State::wants_write) return state;
    taken = state == Socket::State::done ? static_cast<std::int64_t>(bytes) : 0;
    moved += bytes;
  }
  if (taken <= 0) {
    // The file is shorter than was promised, or the client is gone: it must see that this is not the end.
    socket.reset_when_closed();
    return Socket::State::closed;
  }
  output_file.offset += taken;
  output_file.length -= taken;
  return Socket::State::done;
}

Socket::State Connection::flush_text() {
  const std::size_t total = output_head.size() + output_body.size();
  while (sent < total) {
    const bool in_head = sent < output_head.size();
    const std::string_view rest = in_head ? std::string_view(output_head).substr(sent)
                                          : std::string_view(output_body).substr(sent - output_head.size());
    const bool more = (in_head && !output_body.empty()) || output_file.length > 0;
    const auto [state, bytes] = socket.write(rest, more);
    if (state != Socket::State::done) return state;
    sent += bytes;
    moved += bytes;
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
