#include "server/serve/descriptors.h"

#include <algorithm>

#include <sys/resource.h>

namespace callarchive {
namespace {

// Two for each reader and the writer, the log, sockets, epoll, files that are read again: about 50. And some air.
constexpr std::size_t kOthers = 100;
// Connections beyond the limit, while they get their refusal; and one that has just been accepted.
constexpr std::size_t kRefused = 66;
constexpr std::size_t kLeastConnections = 8;
constexpr std::size_t kOfConnection = 2;  // the socket, and the file of a recording that is sent to it

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

std::size_t connections_that_fit(std::size_t descriptors, std::size_t listeners) {
  const std::size_t each = (std::max(descriptors, kOthers) - kOthers) / listeners;
  return std::max(kLeastConnections, (std::max(each, kRefused) - kRefused) / kOfConnection);
}

}  // namespace callarchive
