// Load from many clients over keep-alive connections, in one thread:
//   bench_load PORT deliver CLIENTS SECONDS FIRST   webhooks from number FIRST on
//   bench_load PORT ask CLIENTS SECONDS FILE        the targets that stand in FILE, line by line, again and again
// Prints one line of JSON. A client has one request under way and sends the next when it has the answer; when
// the server ends a connection, it connects again (that counts into the time of the request).

#include "bench/workload.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Client {
  int descriptor = -1;
  std::string out;  // of the request that is not sent yet
  std::string in;
  std::string request;  // kept to send it again on a new connection
  Clock::time_point begin;
  bool fresh = true;  // nothing was answered on this connection yet
};

class Load {
 public:
  Load(int port, std::function<std::string()> next_request) : port_(port), next_request_(std::move(next_request)) {}

  void run(std::size_t clients, double seconds) {
    epoll_ = ::epoll_create1(0);
    clients_.resize(clients);
    begin_ = Clock::now();
    end_ = begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    for (auto& client : clients_) {
      connect(client);
      send_next(client);
    }
    std::vector<epoll_event> events(clients);
    while (under_way_ > 0) {
      const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 30000);
      if (ready == 0) throw std::runtime_error("no answer within 30 s");
      for (int i = 0; i < ready; ++i) advance(*static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    elapsed_ = std::chrono::duration<double>(last_ - begin_).count();
  }

  void print() {
    std::sort(times_.begin(), times_.end());
    const auto at = [&](double part) {
      return times_.empty() ? 0.0 : times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))];
    };
    std::printf(
        "{\"rate\":%.1f,\"ok\":%zu,\"refused\":%zu,\"other\":%zu,\"reconnects\":%zu,"
        "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
        static_cast<double>(times_.size()) / elapsed_, times_.size(), refused_, other_, reconnects_, at(0.5), at(0.99),
        at(1.0));
  }

 private:
  void connect(Client& client) {
    client.descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(client.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(client.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
    client.fresh = true;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &client;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.descriptor, &event);
  }

  void reconnect(Client& client) {
    ::close(client.descriptor);
    client.in.clear();
    connect(client);
    ++reconnects_;
  }

  void send_next(Client& client) {
    if (Clock::now() >= end_) return;
    client.request = next_request_();
    client.begin = Clock::now();
    ++under_way_;
    send(client);
  }

  void send(Client& client) {
    std::string_view rest = client.request;
    while (!rest.empty()) {  // requests are small: they fit the socket's buffer
      const auto sent = ::send(client.descriptor, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        reconnect(client);
        rest = client.request;
        continue;
      }
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void advance(Client& client) {
    char bytes[65536];
    const auto size = ::recv(client.descriptor, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
      const bool waiting = !client.request.empty();
      reconnect(client);
      if (waiting) send(client);
      return;
    }
    client.in.append(bytes, static_cast<std::size_t>(size));
    const auto head_end = client.in.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    const auto length_at = client.in.find("Content-Length: ");
    const std::size_t length = length_at < head_end ? std::strtoul(client.in.c_str() + length_at + 16, nullptr, 10) : 0;
    if (client.in.size() < head_end + 4 + length) return;
    answered(client, std::atoi(client.in.c_str() + 9), client.in.find("Connection: close") < head_end);
  }

  void answered(Client& client, int status, bool closes) {
    last_ = Clock::now();
    if (status == 200) times_.push_back(std::chrono::duration<double, std::milli>(last_ - client.begin).count());
    else if (status == 503) ++refused_;
    else ++other_;
    --under_way_;
    client.in.clear();
    client.request.clear();
    if (closes) reconnect(client);
    send_next(client);
  }

  const int port_;
  const std::function<std::string()> next_request_;
  int epoll_ = -1;
  std::vector<Client> clients_;
  std::size_t under_way_ = 0, refused_ = 0, other_ = 0, reconnects_ = 0;
  std::vector<double> times_;
  Clock::time_point begin_, end_, last_;
  double elapsed_ = 0;
};

std::string post(const callarchive::bench::Webhook& webhook) {
  return "POST /webhooks/allo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nwebhook-id: " +
         webhook.id + "\r\nContent-Length: " + std::to_string(webhook.body.size()) + "\r\n\r\n" + webhook.body;
}

// Made beforehand, as many as will probably be needed: making them takes time that the server should have.
std::function<std::string()> make_deliveries(std::int64_t first, double seconds) {
  std::vector<std::string> made(static_cast<std::size_t>(10000 * seconds));
  std::int64_t n = first;
  for (auto& request : made) request = post(callarchive::bench::make_webhook(n++));
  return [made = std::move(made), i = std::size_t{0}, n]() mutable {
    return i < made.size() ? std::move(made[i++]) : post(callarchive::bench::make_webhook(n++));
  };
}

std::function<std::string()> make_queries(const std::string& file) {
  std::vector<std::string> requests;
  std::ifstream in(file);
  for (std::string target; std::getline(in, target);) {
    requests.push_back("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }
  if (requests.empty()) throw std::runtime_error(file + " is empty");
  return [requests = std::move(requests), i = std::size_t{0}]() mutable { return requests[i++ % requests.size()]; };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: bench_load PORT deliver|ask CLIENTS SECONDS FIRST|FILE\n");
    return 2;
  }
  try {
    const bool deliver = std::string_view(argv[2]) == "deliver";
    const double seconds = std::atof(argv[4]);
    Load load(std::atoi(argv[1]), deliver ? make_deliveries(std::atoll(argv[5]), seconds) : make_queries(argv[5]));
    load.run(std::strtoul(argv[3], nullptr, 10), seconds);
    load.print();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 1;
  }
}
