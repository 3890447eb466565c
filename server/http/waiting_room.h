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
  std::size_t held_bytes = 64u << 20;  // over all connections: input, bodies and unsent answers
  int keep_alive_requests = 100;
  std::chrono::milliseconds keep_alive = std::chrono::seconds(2);
  std::chrono::milliseconds request = std::chrono::seconds(10);
  std::chrono::milliseconds linger = std::chrono::seconds(2);
};

// Whoever gets the requests that the waiting room has read. Called on the room's thread and, for admitted connections
// and returned ones, on the thread that calls the room.
class RequestSink {
 public:
  virtual ~RequestSink() = default;
  // A head has arrived: fills connection.exchange except for the body. Throws HttpError to refuse the request.
  virtual void begin_request(Connection& connection, Head head) = 0;
  // A whole request has arrived: gives the connection to a worker, who owns it until take_back() or drop(). Throws
  // HttpError when none can have it.
  virtual void hand_over(Connection& connection) = 0;
  // Takes back, for the room to own, at most so many of the connections that still wait for a worker, or for something
  // to happen, and that `may_leave`. None that carries a webhook is among them.
  virtual std::vector<Connection*> withdraw(std::size_t most,
                                            const std::function<bool(const Connection&)>& may_leave) = 0;
  // Puts the answer to a request that is refused before any worker has seen it into the connection's output.
  virtual void put_refusal(Connection& connection, const HttpError& error) = 0;
};

// Where connections are while no worker has them: one thread reads what arrives on all of them, so a silent or
// slow client costs a descriptor and what it has sent so far, never a worker. It also sends the rest of answers
// that a client reads slowly, and ends what has passed its deadline.
class WaitingRoom {
 public:
  WaitingRoom(RoomLimits limits, RequestSink& sink);
  ~WaitingRoom();

  // Takes ownership of a descriptor, with TLS if `tls` is given. Beyond the limit the client gets a 503. Any thread.
  void admit(int fd, ssl_ctx_st* tls);
  // Takes a connection back from a worker that has put its answer into the output. Any thread.
  void take_back(Connection& connection);
  // Resets a connection that a worker owns. Any thread.
  void drop(Connection& connection);

  // Runs until drained: after drain() has been called and every connection has been answered or is out of time.
  void run();
  // Accepts no new requests: idle connections end, others have `grace` to finish. Any thread, once.
  void drain(std::chrono::milliseconds grace);
  // Whether the grace is over: a worker that waits for a slow client gives up then.
  bool is_out_of_time() const;

  // The time allowed for moving so many bytes: RoomLimits::request, and the same again for each MiB.
  std::chrono::milliseconds time_for(std::size_t bytes) const;

 private:
  static std::chrono::milliseconds time_for_file(const FilePart& file);
  enum class Move { go_on, stop };  // whether advance() still owns the connection

  void advance(Connection& connection, std::size_t may_read);
  Move step(Connection& connection, std::size_t& may_read);
  Move read_head(Connection& connection, std::size_t& may_read);
  Move read_body(Connection& connection, std::size_t& may_read);
  Move read_chunks(Connection& connection, std::size_t& may_read);
  Move discard(Connection& connection, std::size_t& may_read);
  Move flush(Connection& connection);
  Socket::Result read(Connection& connection, char* buffer, std::size_t size, std::size_t& may_read);
  void begin_request(Connection& connection, std::size_t head_end);
  void begin_body(Connection& connection, const Head& head);
  void begin_phase(Connection& connection, Phase phase);
  Move after_answer(Connection& connection);
  void refuse(Connection& connection, const HttpError& error);
  Move park(Connection& connection, Socket::State wants);
  Move erase(Connection& connection);
  void count(Connection& connection);
  void handle_events();
  void end_overdue();
  void expire(Connection& connection);
  void make_room();
  void let_go(Connection& connection);
  void wake();
  // Takes ownership of the parked connections that `choose` picks, and returns them. Only on the room's thread: only
  // there no event of theirs can be in progress.
  template <typename Choose>
  std::vector<Connection*> claim(Choose choose);
  void shed();

  const RoomLimits limits_;
  RequestSink& sink_;
  const int epoll_;
  const int wake_;  // an eventfd
  // All connections, and who of them is parked. Locked for both.
  struct Table {
    std::mutex mutex;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections;
  };
  Table table_;
  std::atomic<std::size_t> held_{0};
  std::atomic<bool> draining_{false};
  std::atomic<Clock::rep> drain_until_{0};
};

}  // namespace callarchive::http
