#pragma once

#include "server/http.h"
#include "server/http/socket.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace callarchive::http {

using Clock = std::chrono::steady_clock;

// What an emptied buffer of an idle connection may go on holding, in bytes.
constexpr std::size_t kKeptCapacity = 4096;

// Empties a string and gives its memory back when it is much, which assigning an empty one does not.
inline void release(std::string& text) {
  text.clear();
  if (text.capacity() > kKeptCapacity) std::string().swap(text);
}

// One request on its way to its answer.
struct Exchange {
  Request request = {};
  const Route* route = nullptr;  // none: the method is not served there, see `allow`
  std::string allow = {};
  std::size_t content_length = 0;
  bool http_1_0 = false;
  bool accepts_gzip = false;
  bool keep_alive = false;  // the connection goes on after the answer
  Clock::time_point arrived = {};
};

enum class Phase {
  head,    // waits for a request, or for the rest of its head
  body,    // waits for the rest of a body
  busy,    // queued or being answered: a worker's
  flush,   // the answer is made and waits to be taken by the client
  linger,  // answered for good; reads on for a moment, so that closing does not take the answer back
};

// Everything known of one connection. Driven by one thread at a time: the waiting room's, or a worker's while busy.
struct Connection {
  Connection(int fd, ssl_ctx_st* tls, std::string address) : socket(fd, tls), peer(std::move(address)) {}

  Socket socket;
  const std::string peer;
  Phase phase = Phase::head;
  Clock::time_point idle_since =
      {};                           // when it began to wait for the present or next request, or got the last of a body
  Clock::time_point deadline = {};  // of the phase; passed, the connection ends
  std::string input = {};           // read and not yet understood
  std::size_t scanned = 0;          // of `input`, for find_head_end
  Exchange exchange = {};
  int answered = 0;              // requests so far
  bool client_may_send = false;  // more may be on its way than was read: close with care
  std::size_t discarded = 0;     // bytes read while lingering

  // The answer: both texts follow each other, `sent` bytes of them are gone.
  std::string output_head = {};
  std::string output_body = {};
  std::size_t sent = 0;

  // The waiting room's own notes.
  bool waiting = false;     // parked in epoll
  bool registered = false;  // known to epoll
  std::size_t counted = 0;  // bytes in the total of what is held

  // Writes what it can. done: all is written.
  Socket::State flush();
  // Bytes held in memory for this client.
  std::size_t held() const;
};

}  // namespace callarchive::http
