#include "server/http/waiting_room.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace callarchive::http {
namespace {

constexpr std::size_t kReadAtOnce = 16u << 10;
constexpr std::size_t kLingerBytes = 16u << 20;  // read from a refused client before it is cut off
constexpr std::size_t kRefusedConnections = 64;  // beyond the limit, while they are told so
constexpr int kTickMilliseconds = 100;           // how late a deadline may be noticed
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

int make_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

HttpError busy(const char* detail) {
  HttpError error(503, "busy", detail);
  error.headers.emplace_back("Retry-After", "1");
  return error;
}

}  // namespace

WaitingRoom::WaitingRoom(RoomLimits limits, Service& service)
    : limits_(limits), service_(service), epoll_(make_epoll()) {}

WaitingRoom::~WaitingRoom() { ::close(epoll_); }

void WaitingRoom::admit(int fd) {
  auto owned = std::make_unique<Connection>(fd, peer_address(fd));
  Connection& connection = *owned;
  connection.deadline = Clock::now() + limits_.request;
  std::size_t others = 0;
  {
    const std::lock_guard lock(mutex_);
    others = table_.size();
    if (draining_ || others >= limits_.connections + kRefusedConnections) return;
    table_.emplace(&connection, std::move(owned));
  }
  if (others >= limits_.connections) refuse(connection, busy("too many connections"));
  settle(connection, false);
}

void WaitingRoom::take_back(Connection& connection) {
  connection.exchange.request.body = {};
  connection.phase = Phase::flush;
  connection.deadline = Clock::now() + time_for(connection.output_body.size());
  settle(connection, false);
}

void WaitingRoom::drop(Connection& connection) {
  connection.socket.reset_when_closed();
  erase(connection);
}

std::chrono::milliseconds WaitingRoom::time_for(std::size_t bytes) const {
  return limits_.request * (1 + static_cast<long>(bytes >> 20));
}

// Drives a connection as far as it goes without waiting. The caller owns it, and does not afterwards.
void WaitingRoom::settle(Connection& connection, bool readable) {
  for (;;) {
    try {
      if (step(connection, readable) == Move::stop) return;
    } catch (const HttpError& error) {
      refuse(connection, error);
    }
  }
}

WaitingRoom::Move WaitingRoom::step(Connection& connection, bool& readable) {
  switch (connection.phase) {
    case Phase::head: return read_head(connection, readable);
    case Phase::body: return read_body(connection, readable);
    case Phase::flush: return flush(connection);
    case Phase::linger: return readable ? discard(connection) : park(connection, EPOLLIN);
    case Phase::busy: break;
  }
  service_.dispatch(connection);
  return Move::stop;
}

WaitingRoom::Move WaitingRoom::read_head(Connection& connection, bool& readable) {
  std::string& input = connection.input;
  if (input.starts_with("\r\n")) {
    input.erase(0, 2);  // some clients end a body with a line break that does not belong to it (RFC 9112, 2.2)
    connection.scanned = 0;
  }
  if (const std::size_t end = find_head_end(input, connection.scanned)) {
    open(connection, end);
    return Move::go_on;
  }
  check_unfinished_head(input, limits_.head);
  if (!readable) return park(connection, EPOLLIN);

  std::array<char, kReadAtOnce> buffer;
  const auto [state, bytes] = connection.socket.read(buffer.data(), buffer.size());
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, EPOLLIN);
  if (input.empty() && connection.answered > 0) connection.deadline = Clock::now() + limits_.request;
  input.append(buffer.data(), bytes);
  readable = bytes == buffer.size();
  return Move::go_on;
}

void WaitingRoom::open(Connection& connection, std::size_t head_end) {
  connection.exchange = {};
  connection.exchange.arrived = Clock::now();
  Head head = parse_head(std::string_view(connection.input).substr(0, head_end), limits_.head);
  connection.input.erase(0, head_end);
  connection.scanned = 0;
  connection.exchange.content_length = head.content_length;
  const bool expects_continue = head.expects_continue;
  service_.open(connection, std::move(head));
  connection.phase = Phase::body;
  connection.deadline = Clock::now() + time_for(connection.exchange.content_length);
  // Twenty-five bytes into an empty send buffer: either they fit or the client is not worth waiting for.
  if (expects_continue && connection.input.empty()) connection.socket.write(kContinue, false);
  take_body_from_input(connection);
}

void WaitingRoom::take_body_from_input(Connection& connection) {
  const std::size_t length = std::min(connection.exchange.content_length, connection.input.size());
  connection.exchange.request.body.assign(connection.input, 0, length);
  connection.input.erase(0, length);
  if (connection.input.empty()) connection.input.shrink_to_fit();
}

WaitingRoom::Move WaitingRoom::read_body(Connection& connection, bool& readable) {
  std::string& body = connection.exchange.request.body;
  const std::size_t have = body.size();
  const std::size_t missing = connection.exchange.content_length - have;
  if (missing == 0) {
    connection.phase = Phase::busy;
    count(connection);
    return Move::go_on;
  }
  if (!readable) return park(connection, EPOLLIN);

  // Room grows with what has come, so that a promise of ten MiB alone holds nothing.
  const std::size_t room = std::min(missing, std::max(kReadAtOnce, std::min(have, std::size_t{256} << 10)));
  body.resize(have + room);
  const auto [state, bytes] = connection.socket.read(body.data() + have, room);
  body.resize(have + bytes);
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, EPOLLIN);
  readable = bytes == room;
  return Move::go_on;
}

WaitingRoom::Move WaitingRoom::flush(Connection& connection) {
  const Socket::State state = connection.flush();
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, EPOLLOUT);
  return after_answer(connection);
}

WaitingRoom::Move WaitingRoom::after_answer(Connection& connection) {
  if (connection.exchange.keep_alive) {
    connection.exchange = {};
    connection.phase = Phase::head;
    connection.deadline = Clock::now() + (connection.input.empty() ? limits_.keep_alive : limits_.request);
    return Move::go_on;
  }
  if (!connection.client_may_send && connection.input.empty()) return erase(connection);
  connection.exchange = {};
  connection.input = {};
  connection.socket.end_writing();
  connection.phase = Phase::linger;
  connection.deadline = Clock::now() + limits_.linger;
  return Move::go_on;
}

// Closing with unread input makes the system reset the connection, which may destroy the answer on its way.
WaitingRoom::Move WaitingRoom::discard(Connection& connection) {
  std::array<char, kReadAtOnce> buffer;
  const auto [state, bytes] = connection.socket.read(buffer.data(), buffer.size());
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, EPOLLIN);
  connection.discarded += bytes;
  return connection.discarded > kLingerBytes ? erase(connection) : Move::go_on;
}

void WaitingRoom::refuse(Connection& connection, const HttpError& error) {
  connection.exchange.keep_alive = false;
  connection.client_may_send = true;
  connection.input = {};
  service_.refuse(connection, error);
  connection.exchange.request.body = {};
  connection.phase = Phase::flush;
  connection.deadline = Clock::now() + limits_.linger;
}

WaitingRoom::Move WaitingRoom::park(Connection& connection, unsigned events) {
  count(connection);
  epoll_event event{};
  event.events = events | EPOLLONESHOT;
  event.data.ptr = &connection;
  const std::lock_guard lock(mutex_);
  connection.waiting = true;
  ::epoll_ctl(epoll_, connection.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection.socket.fd(), &event);
  connection.registered = true;
  return Move::stop;
}

WaitingRoom::Move WaitingRoom::erase(Connection& connection) {
  const std::lock_guard lock(mutex_);
  held_ -= connection.counted;
  table_.erase(&connection);
  return Move::stop;
}

void WaitingRoom::count(Connection& connection) {
  const std::size_t held = connection.held();
  held_ += held - connection.counted;
  connection.counted = held;
}

void WaitingRoom::run() {
  auto next_tick = Clock::now();
  for (;;) {
    handle_events();
    if (held_ > limits_.held_bytes) shed();
    const auto now = Clock::now();
    if (now < next_tick) continue;
    next_tick = now + std::chrono::milliseconds(kTickMilliseconds);
    end_overdue();
    const std::lock_guard lock(mutex_);
    if (draining_ && table_.empty()) return;
  }
}

void WaitingRoom::handle_events() {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kTickMilliseconds);
  if (count <= 0) return;
  const auto end = events.begin() + count;
  {
    // Whoever parked them has let go of them once the lock is ours.
    const std::lock_guard lock(mutex_);
    for (auto event = events.begin(); event != end; ++event) static_cast<Connection*>(event->data.ptr)->waiting = false;
  }
  for (auto event = events.begin(); event != end; ++event) settle(*static_cast<Connection*>(event->data.ptr), true);
}

void WaitingRoom::end_overdue() {
  const auto now = Clock::now();
  const bool late = is_out_of_time();
  std::vector<Connection*> overdue;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [connection, owned] : table_) {
      if (!connection->waiting) continue;
      const bool idle = connection->phase == Phase::head && connection->input.empty();
      if (connection->deadline > now && !late && !(draining_ && idle)) continue;
      connection->waiting = false;
      overdue.push_back(connection);
    }
  }
  for (Connection* connection : overdue) expire(*connection);
}

void WaitingRoom::expire(Connection& connection) {
  const bool unfinished = connection.phase == Phase::body ||
                          (connection.phase == Phase::head && !connection.input.empty());
  if (unfinished && !is_out_of_time()) {
    refuse(connection, HttpError(408, "request_timeout", "the request did not arrive in time"));
    settle(connection, false);
    return;
  }
  if (connection.phase == Phase::flush) connection.socket.reset_when_closed();
  erase(connection);
}

// Too much is held: whoever holds most of what waits has to go, so that many large and slow requests
// cannot keep small ones out.
void WaitingRoom::shed() {
  while (held_ > limits_.held_bytes) {
    Connection* largest = nullptr;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [connection, owned] : table_) {
        if (connection->waiting && (!largest || connection->counted > largest->counted)) largest = connection;
      }
      if (!largest || largest->counted <= kReadAtOnce) return;
      largest->waiting = false;
    }
    if (largest->phase == Phase::flush) {
      drop(*largest);
    } else {
      refuse(*largest, busy("too much is being sent at once"));
      settle(*largest, false);
    }
  }
}

void WaitingRoom::drain(std::chrono::milliseconds grace) {
  drain_until_ = (Clock::now() + grace).time_since_epoch().count();
  draining_ = true;
}

bool WaitingRoom::is_out_of_time() const {
  return draining_ && Clock::now().time_since_epoch().count() > drain_until_;
}

}  // namespace callarchive::http
