#pragma once

#include <cstddef>

namespace callarchive {

// Raises the soft limit of open files to the hard one (setrlimit(2)) and returns it: the soft one is 1024 by default,
// for programs that use select(2). Returns what is in force when it cannot be raised.
std::size_t raise_descriptor_limit();

// How many connections each of `listeners` may hold so that all of them find a descriptor, and one for the
// recording that each may be sent, besides those that the archive, its readers and everything else need. At least 8.
std::size_t connections_that_fit(std::size_t descriptors, std::size_t listeners);

}  // namespace callarchive
