#include "server/http/waiting_room.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace callarchive::http {
namespace {

constexpr std::size_t kReadAtOnce = 16u << 10;
constexpr std::size_t kReadPerEvent = 64u << 10;  // then others have their turn, and the memory is counted
constexpr std::int64_t kSlowestFile = 8 << 10;    // bytes in a second at which a file may be taken
constexpr std::size_t kLingerBytes = 16u << 20;   // read from a refused client before it is cut off
constexpr std::size_t kRefusedConnections = 64;   // beyond the limit, while they get their 503
constexpr int kTickMilliseconds = 100;            // how late a deadline may be noticed
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Under pressure a connection may stay this long in a phase, and as long again for each piece that its client moves:
// less when there is no place left at all. One that lingers has its answer, and stays the shorter time only.
constexpr std::chrono::milliseconds kTimeUnderPressure{1000};
constexpr std::chrono::milliseconds kTimeWhenFull{200};
constexpr std::size_t kPieceUnderPressure = 16u << 10;
constexpr std::size_t kTakenUnread = 128u << 10;  // what the system of a client takes of an answer before anybody reads

int require_fd(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

// What the client has moved in this phase. Of an answer, what fits into the socket buffers of both sides does not
// count: a client that reads nothing gets as far.
std::size_t moved_by_client(const Connection& connection) {
  if (connection.phase != Phase::flush) return connection.moved;
  return connection.moved - std::min(connection.moved, connection.socket.unacknowledged() + kTakenUnread);
}

}  // namespace

WaitingRoom::WaitingRoom(RoomLimits limits, RequestSink& sink)
    : limits_(limits),
      sink_(sink),
      epoll_(require_fd(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(require_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

WaitingRoom::~WaitingRoom() {
  ::close(wake_);
  ::close(epoll_);
}

void WaitingRoom::admit(int fd, ssl_ctx_st* tls) {
  auto owned = std::make_unique<Connection>(fd, tls, peer_address(fd));
  Connection& connection = *owned;
  begin_phase(connection, Phase::head);
  connection.deadline = connection.since + limits_.request;
  std::size_t others = 0;
  {
    const std::lock_guard lock(table_.mutex);
    others = table_.connections.size();
    if (draining_ || others >= limits_.connections + kRefusedConnections) return;
    table_.connections.emplace(&connection, std::move(owned));
  }
  if (others + 1 >= limits_.connections) wake();
  if (others >= limits_.connections) refuse(connection, busy("too many connections"));
  advance(connection, 0);
}

void WaitingRoom::take_back(Connection& connection) {
  release(connection.exchange.request.body);
  begin_phase(connection, Phase::flush);
  connection.deadline =
      connection.since + time_for(connection.output_body.size()) + time_for_file(connection.output_file);
  advance(connection, 0);
}

void WaitingRoom::drop(Connection& connection) {
  connection.socket.reset_when_closed();
  erase(connection);
}

std::chrono::milliseconds WaitingRoom::time_for(std::size_t bytes) const {
  return limits_.request * (1 + static_cast<long>(bytes >> 20));
}

// A player takes a sound as it is heard, and pauses: it holds a descriptor and nothing else for that long.
std::chrono::milliseconds WaitingRoom::time_for_file(const FilePart& file) {
  return std::chrono::seconds(file.length / kSlowestFile);
}

// Drives a connection as far as it goes without waiting, and reads so many bytes at most (0 when nothing is known to
// have arrived). The caller owns the connection before, and no longer after.
void WaitingRoom::advance(Connection& connection, std::size_t may_read) {
  for (;;) {
    try {
      if (step(connection, may_read) == Move::stop) return;
    } catch (const HttpError& error) {
      refuse(connection, error);
    }
  }
}

WaitingRoom::Move WaitingRoom::step(Connection& connection, std::size_t& may_read) {
  switch (connection.phase) {
    case Phase::head: return read_head(connection, may_read);
    case Phase::body: return read_body(connection, may_read);
    case Phase::flush: return flush(connection);
    case Phase::linger: return discard(connection, may_read);
    case Phase::busy: break;
  }
  sink_.hand_over(connection);
  return Move::stop;
}

Socket::Result WaitingRoom::read(Connection& connection, char* buffer, std::size_t size, std::size_t& may_read) {
  if (connection.socket.has_buffered()) return connection.socket.read(buffer, size);  // a TLS record at most
  if (may_read == 0) return {Socket::State::wants_read, 0};
  const std::size_t wanted = std::min(size, may_read);
  const Socket::Result result = connection.socket.read(buffer, wanted);
  // A plain socket that gave less than it could is empty; reading again would only return EAGAIN.
  const bool is_empty = result.bytes < wanted && !connection.socket.is_tls();
  may_read = is_empty ? 0 : may_read - result.bytes;
  return result;
}

WaitingRoom::Move WaitingRoom::read_head(Connection& connection, std::size_t& may_read) {
  std::string& input = connection.input;
  // Some clients end a body with a line break that does not belong to it (RFC 9112, 2.2). All of them are skipped: how
  // many must not depend on how the bytes arrive.
  std::size_t blank = 0;
  while (input.compare(blank, 2, "\r\n") == 0) blank += 2;
  if (blank > 0) {
    input.erase(0, blank);
    connection.scanned = 0;
    // They are not a request: a client that sends nothing else leaves when it would have without them.
    if (input.empty() && connection.requests > 0) {
      connection.deadline = std::min(connection.deadline, connection.since + limits_.keep_alive);
    }
  }
  if (const std::size_t end = find_head_end(input, connection.scanned)) {
    begin_request(connection, end);
    return Move::go_on;
  }
  check_unfinished_head(input, limits_.head);
  std::array<char, kReadAtOnce> buffer;
  const auto [state, bytes] = read(connection, buffer.data(), buffer.size(), may_read);
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, state);
  if (input.empty() && connection.requests > 0) connection.deadline = Clock::now() + limits_.request;
  input.append(buffer.data(), bytes);
  return Move::go_on;
}

void WaitingRoom::begin_request(Connection& connection, std::size_t head_end) {
  connection.exchange = {};
  connection.exchange.arrived = Clock::now();
  Head head = parse_head(std::string_view(connection.input).substr(0, head_end), limits_.head);
  connection.input.erase(0, head_end);
  connection.scanned = 0;
  const bool expects_continue = head.expects_continue;
  const bool is_chunked = head.is_chunked;
  connection.exchange.content_length = head.content_length;
  sink_.begin_request(connection, std::move(head));
  begin_phase(connection, Phase::body);
  // Twenty-five bytes into an empty send buffer: either they fit or the client is not worth waiting for.
  if (expects_continue && connection.input.empty()) connection.socket.write(kContinue, false);
  if (is_chunked) {
    connection.exchange.chunks.emplace(limits_.head.body);
    return;
  }
  const std::size_t length = std::min(connection.exchange.content_length, connection.input.size());
  connection.exchange.request.body.assign(connection.input, 0, length);
  connection.input.erase(0, length);
  if (connection.input.empty()) release(connection.input);
}

void WaitingRoom::begin_phase(Connection& connection, Phase phase) {
  connection.phase = phase;
  connection.since = Clock::now();
  connection.moved = 0;
}

WaitingRoom::Move WaitingRoom::read_body(Connection& connection, std::size_t& may_read) {
  if (connection.exchange.chunks) return read_chunks(connection, may_read);
  std::string& body = connection.exchange.request.body;
  const std::size_t have = body.size();
  connection.deadline =
      connection.exchange.arrived + time_for(have);  // granted for what has arrived, not for what is promised
  const std::size_t missing = connection.exchange.content_length - have;
  if (missing == 0) {
    begin_phase(connection, Phase::busy);
    count(connection);
    return Move::go_on;
  }
  // The buffer grows with what has arrived, so that the promise of ten MiB alone holds nothing.
  const std::size_t room = std::min(missing, std::max(kReadAtOnce, std::min(have, std::size_t{256} << 10)));
  body.resize(have + room);
  const auto [state, bytes] = read(connection, body.data() + have, room, may_read);
  body.resize(have + bytes);
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, state);
  connection.moved += bytes;
  return Move::go_on;
}

// What has been read and not decoded is an unfinished line at most, so that the body is all that can grow.
WaitingRoom::Move WaitingRoom::read_chunks(Connection& connection, std::size_t& may_read) {
  Exchange& exchange = connection.exchange;
  std::string& body = exchange.request.body;
  connection.input.erase(0, exchange.chunks->read(connection.input, body));
  connection.deadline = exchange.arrived + time_for(body.size());
  if (exchange.chunks->is_complete()) {
    exchange.chunks.reset();
    if (connection.input.empty()) release(connection.input);
    begin_phase(connection, Phase::busy);
    count(connection);
    return Move::go_on;
  }
  std::array<char, kReadAtOnce> buffer;
  const auto [state, bytes] = read(connection, buffer.data(), buffer.size(), may_read);
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, state);
  connection.input.append(buffer.data(), bytes);
  connection.moved += bytes;
  return Move::go_on;
}

WaitingRoom::Move WaitingRoom::flush(Connection& connection) {
  const Socket::State state = connection.flush();
  if (state == Socket::State::done) return after_answer(connection);
  if (state == Socket::State::closed) return erase(connection);
  count(connection);
  // shed() frees memory on the room's thread; when workers are faster, what they make has to go instead.
  if (held_ > limits_.held_bytes + limits_.held_bytes / 4) {
    drop(connection);
    return Move::stop;
  }
  return park(connection, state);
}

WaitingRoom::Move WaitingRoom::after_answer(Connection& connection) {
  if (connection.exchange.keep_alive) {
    connection.exchange = {};
    begin_phase(connection, Phase::head);
    connection.deadline = connection.since + (connection.input.empty() ? limits_.keep_alive : limits_.request);
    return Move::go_on;
  }
  if (!connection.client_may_send && connection.input.empty() && !connection.socket.has_unread())
    return erase(connection);
  connection.exchange = {};
  release(connection.input);
  connection.socket.end_writing();
  begin_phase(connection, Phase::linger);
  connection.deadline = connection.since + limits_.linger;
  return Move::go_on;
}

// Closing with unread input makes the system reset the connection, which may destroy the answer on its way.
WaitingRoom::Move WaitingRoom::discard(Connection& connection, std::size_t& may_read) {
  std::array<char, kReadAtOnce> buffer;
  const auto [state, bytes] = read(connection, buffer.data(), buffer.size(), may_read);
  if (state == Socket::State::closed) return erase(connection);
  if (state != Socket::State::done) return park(connection, state);
  connection.discarded += bytes;
  return connection.discarded > kLingerBytes ? erase(connection) : Move::go_on;
}

void WaitingRoom::refuse(Connection& connection, const HttpError& error) {
  connection.exchange.keep_alive = false;
  connection.client_may_send = true;
  sink_.put_refusal(connection, error);
  release(connection.input);
  release(connection.exchange.request.body);
  begin_phase(connection, Phase::flush);
  connection.deadline = connection.since + limits_.linger;
}

WaitingRoom::Move WaitingRoom::park(Connection& connection, Socket::State wants) {
  count(connection);
  epoll_event event{};
  event.events = (wants == Socket::State::wants_write ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
  event.data.ptr = &connection;
  const std::lock_guard lock(table_.mutex);
  connection.parked = true;
  ::epoll_ctl(epoll_, connection.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection.socket.fd(), &event);
  connection.registered = true;
  return Move::stop;
}

WaitingRoom::Move WaitingRoom::erase(Connection& connection) {
  const std::lock_guard lock(table_.mutex);
  held_ -= connection.counted;
  table_.connections.erase(&connection);
  if (draining_) wake();
  return Move::stop;
}

void WaitingRoom::count(Connection& connection) {
  const std::size_t held = connection.held();
  const std::size_t total = held_ += held - connection.counted;
  connection.counted = held;
  if (total > limits_.held_bytes) wake();
}

void WaitingRoom::run() {
  auto next_tick = Clock::now();
  for (;;) {
    handle_events();
    if (held_ > limits_.held_bytes) shed();
    const auto now = Clock::now();
    if (now < next_tick && !draining_) continue;
    next_tick = now + std::chrono::milliseconds(kTickMilliseconds);
    end_overdue();
    make_room();
    const std::lock_guard lock(table_.mutex);
    if (draining_ && table_.connections.empty()) return;
  }
}

void WaitingRoom::handle_events() {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kTickMilliseconds);
  std::array<Connection*, 64> ready;
  auto end = ready.begin();
  {
    // Whoever parked them no longer touches them once the lock is ours.
    const std::lock_guard lock(table_.mutex);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (!connection) {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_, &ignored);
        continue;
      }
      connection->parked = false;
      *end++ = connection;
    }
  }
  for (auto connection = ready.begin(); connection != end; ++connection) advance(**connection, kReadPerEvent);
}

template <typename Choose>
std::vector<Connection*> WaitingRoom::claim(Choose choose) {
  const std::lock_guard lock(table_.mutex);
  std::vector<Connection*> candidates;
  for (const auto& [connection, owned] : table_.connections) {
    if (connection->parked) candidates.push_back(connection);
  }
  choose(candidates);
  for (Connection* connection : candidates) connection->parked = false;
  return candidates;
}

void WaitingRoom::end_overdue() {
  const auto now = Clock::now();
  const bool late = is_out_of_time();
  const auto overdue = claim([&](std::vector<Connection*>& candidates) {
    std::erase_if(candidates, [&](const Connection* connection) {
      const bool idle = connection->phase == Phase::head && connection->input.empty();
      return connection->deadline > now && !late && !(draining_ && idle);
    });
  });
  for (Connection* connection : overdue) expire(*connection);
}

// When nine tenths of the places are taken, those leave who have been slow for longest, whatever they are waiting for:
// silent or dripping clients, and those that do not read their answers, cannot fill the room and keep others out until
// their deadlines. What a worker owns is not touched; queues and streams have bounds of their own.
void WaitingRoom::make_room() {
  const std::size_t wanted = limits_.connections - limits_.connections / 10;
  const auto now = Clock::now();
  std::size_t excess = 0;
  auto patience = kTimeUnderPressure;
  const auto leaving = claim([&](std::vector<Connection*>& candidates) {
    const std::size_t taken = table_.connections.size();
    excess = taken > wanted ? taken - wanted : 0;
    if (taken >= limits_.connections) patience = kTimeWhenFull;
    std::erase_if(candidates, [&](const Connection* connection) {
      const auto allowed = connection->phase == Phase::linger
                               ? kTimeWhenFull
                               : patience * (1 + static_cast<long>(moved_by_client(*connection) / kPieceUnderPressure));
      return excess == 0 || now - connection->since < allowed;
    });
    // Those that have had their last answer first, among them refusals of a moment ago; then whoever has waited
    // longest.
    std::sort(candidates.begin(), candidates.end(), [](const Connection* a, const Connection* b) {
      const bool a_lingers = a->phase == Phase::linger, b_lingers = b->phase == Phase::linger;
      return a_lingers != b_lingers ? a_lingers : a->since < b->since;
    });
    candidates.resize(std::min(candidates.size(), excess));
  });
  for (Connection* connection : leaving) let_go(*connection);
  if (excess == leaving.size()) return;
  const auto has_waited = [&](const Connection& connection) { return now - connection.since >= patience; };
  for (Connection* connection : sink_.withdraw(excess - leaving.size(), has_waited)) let_go(*connection);
}

// The place is free at once. A client in the middle of a body or before its answer gets a refusal on its way out; what
// has arrived is read before, since closing with unread input would take the refusal back.
void WaitingRoom::let_go(Connection& connection) {
  if (connection.phase == Phase::flush) return drop(connection);
  if (connection.phase == Phase::body || connection.phase == Phase::busy) {
    refuse(connection, busy("too many connections"));
    connection.flush();
    connection.socket.end_writing();
    std::array<char, kReadAtOnce> ignored;
    for (std::size_t may_read = kReadPerEvent; may_read > 0;) {
      if (read(connection, ignored.data(), ignored.size(), may_read).state != Socket::State::done) break;
    }
  }
  erase(connection);
}

void WaitingRoom::expire(Connection& connection) {
  const bool unfinished =
      connection.phase == Phase::body || (connection.phase == Phase::head && !connection.input.empty());
  if (unfinished && !is_out_of_time()) {
    refuse(connection, HttpError(408, "request_timeout", "the request did not arrive in time"));
    advance(connection, 0);
    return;
  }
  if (connection.phase == Phase::flush) connection.socket.reset_when_closed();
  erase(connection);
}

// Too much memory is held: the parked connection with most of it has to go, so that many large and slow requests
// cannot keep small ones out.
void WaitingRoom::shed() {
  while (held_ > limits_.held_bytes) {
    const auto largest = claim([](std::vector<Connection*>& candidates) {
      const auto found = std::max_element(candidates.begin(), candidates.end(),
                                          [](const auto* a, const auto* b) { return a->counted < b->counted; });
      candidates = found == candidates.end() || (*found)->counted <= kReadAtOnce ? std::vector<Connection*>()
                                                                                 : std::vector{*found};
    });
    if (largest.empty()) return;
    Connection& connection = *largest.front();
    if (connection.phase == Phase::flush || connection.phase == Phase::linger) {
      drop(connection);
    } else {
      refuse(connection, busy("memory limit for requests reached"));
      advance(connection, 0);
    }
  }
}

void WaitingRoom::drain(std::chrono::milliseconds grace) {
  drain_until_ = (Clock::now() + grace).time_since_epoch().count();
  draining_ = true;
  wake();
}

void WaitingRoom::wake() { ::eventfd_write(wake_, 1); }

bool WaitingRoom::is_out_of_time() const { return draining_ && Clock::now().time_since_epoch().count() > drain_until_; }

}  // namespace callarchive::http
