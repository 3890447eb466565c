#pragma once

#include "server/http.h"
#include "server/http/chunked.h"
#include "server/http/socket.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace callarchive::http {

using Clock = std::chrono::steady_clock;

// The capacity that an emptied buffer of an idle connection may keep, in bytes.
constexpr std::size_t kKeptCapacity = 4096;

// Empties a string, and frees its memory if that is large, which assigning an empty string would not do.
inline void release(std::string& text) {
  text.clear();
  if (text.capacity() > kKeptCapacity) std::string().swap(text);
}

// One request on its way to its answer.
struct Exchange {
  Request request = {};
  const Route* route = nullptr;  // null: no route has this method, see `allow`
  std::string allow = {};
  std::size_t content_length = 0;          // of a body that is not chunked
  std::optional<ChunkedBody> chunks = {};  // while a chunked body arrives
  bool http_1_0 = false;
  bool accepts_gzip = false;
  bool keep_alive = false;  // the connection goes on after the answer
  Clock::time_point arrived = {};
};

enum class Phase {
  head,    // waits for a request, or for the rest of its head
  body,    // waits for the rest of a body
  busy,    // queued or being answered: owned by a worker
  flush,   // the answer is complete and waits for the client to read it
  linger,  // the last answer is sent; reads on for a moment, because closing now might destroy it
};

// The state of one connection. Only its owner may use it: the waiting room's thread, or, while the phase is busy, the
// worker that has it. The exception is `parked`.
struct Connection {
  Connection(int fd, ssl_ctx_st* tls, std::string address) : socket(fd, tls), peer(std::move(address)) {}

  Socket socket;
  const std::string peer;
  Phase phase = Phase::head;
  Clock::time_point since = {};     // when the phase began
  std::size_t moved = 0;            // bytes of a body or an answer that the client has moved in this phase
  Clock::time_point deadline = {};  // of the phase; the connection ends when it has passed
  std::string input = {};           // read, not yet parsed
  std::size_t scanned = 0;          // of `input`, for find_head_end
  Exchange exchange = {};
  int requests = 0;              // heads parsed so far
  bool client_may_send = false;  // set with each head: more may arrive after the answer, so lingering is needed
  std::size_t discarded = 0;     // bytes read while lingering

  // The answer: output_head, then output_body; `sent` bytes of both have been written.
  std::string output_head = {};
  std::string output_body = {};
  std::size_t sent = 0;
  FilePart output_file = {};  // follows them; only what is left of it

  std::size_t counted = 0;  // bytes of held() that the room's total includes
  bool registered = false;  // has been added to epoll
  // It waits in epoll and has no owner: whoever clears this owns the connection. Guarded by the room's table mutex.
  bool parked = false;

  // Writes what it can, but only a piece of a file at a time, so that others have their turn. done: all is written.
  Socket::State flush();
  // Bytes held in memory for this client.
  std::size_t held() const;

 private:
  Socket::State flush_text();
  Socket::State flush_file();
};

}  // namespace callarchive::http
