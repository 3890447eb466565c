#pragma once

#include "server/http/connection.h"
#include "server/http/head.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace callarchive::http {

struct RoomLimits {
  HeadLimits head = {};
  std::size_t connections = 1024;
  std::size_t held_bytes = 64u << 20;  // over all connections: input, bodies and answers not yet taken
  int keep_alive_requests = 100;
  std::chrono::milliseconds keep_alive = std::chrono::seconds(2);
  std::chrono::milliseconds request = std::chrono::seconds(10);
  std::chrono::milliseconds linger = std::chrono::seconds(2);
};

// What the waiting room asks of the server.
class Service {
 public:
  virtual ~Service() = default;
  // A head has arrived: fills connection.exchange except for the body. Throws HttpError to refuse.
  virtual void open(Connection& connection, Head head) = 0;
  // A whole request has arrived: a worker's until WaitingRoom::take_back. Throws HttpError when nobody can take it.
  virtual void dispatch(Connection& connection) = 0;
  // Makes the answer for a request that never reached a worker.
  virtual void refuse(Connection& connection, const HttpError& error) = 0;
};

// Where connections are while nobody works for them: one thread reads what arrives on all of them, so a silent or
// slow client costs a descriptor and what it has sent so far, never a worker. It also sends the rest of answers
// that a client takes slowly, and ends what has passed its deadline.
class WaitingRoom {
 public:
  WaitingRoom(RoomLimits limits, Service& service);
  ~WaitingRoom();

  // Takes a descriptor, to speak TLS on where `tls` is given. Past the limit it is told 503. Any thread.
  void admit(int fd, ssl_ctx_st* tls);
  // Takes a connection back from a worker who has put its answer into the output. Any thread.
  void take_back(Connection& connection);
  // Drops a connection that a worker holds, as a broken one. Any thread.
  void drop(Connection& connection);

  // Runs until drained: after drain() has been called and every connection has been answered or has had its time.
  void run();
  // No new requests from now on: idle connections end, others have `grace` to finish. Any thread, once.
  void drain(std::chrono::milliseconds grace);
  // Past the grace: a worker that waits for a slow client gives up.
  bool is_out_of_time() const;

  // The time for moving so many bytes: one span, and as long again for each MiB.
  std::chrono::milliseconds time_for(std::size_t bytes) const;

 private:
  enum class Move { go_on, stop };  // whether settle() still owns the connection

  void settle(Connection& connection, std::size_t may_read);
  Move step(Connection& connection, std::size_t& may_read);
  Move read_head(Connection& connection, std::size_t& may_read);
  Move read_body(Connection& connection, std::size_t& may_read);
  Move discard(Connection& connection, std::size_t& may_read);
  Move flush(Connection& connection);
  Socket::Result read(Connection& connection, char* buffer, std::size_t size, std::size_t& may_read);
  void open(Connection& connection, std::size_t head_end);
  void take_body_from_input(Connection& connection);
  Move after_answer(Connection& connection);
  void refuse(Connection& connection, const HttpError& error);
  Move park(Connection& connection, Socket::State wants);
  Move erase(Connection& connection);
  void count(Connection& connection);
  void handle_events();
  void end_overdue();
  void expire(Connection& connection);
  void make_room();
  void wake();
  // Marks the waiting connections that `choose` picks as the caller's and returns them. Only on the room's thread:
  // only there no event of theirs can be under way.
  template <typename Choose>
  std::vector<Connection*> claim(Choose choose);
  void shed();

  const RoomLimits limits_;
  Service& service_;
  const int epoll_;
  const int wake_;    // an eventfd
  std::mutex mutex_;  // the table, and who is waiting
  std::unordered_map<Connection*, std::unique_ptr<Connection>> table_;
  std::atomic<std::size_t> held_{0};
  std::atomic<bool> draining_{false};
  std::atomic<Clock::rep> drain_until_{0};
};

}  // namespace callarchive::http
