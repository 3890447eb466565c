#pragma once

#include <cstddef>
#include <string>

namespace callarchive {

// Bytes from OpenSSL's random generator, fit for keys. Throws std::runtime_error if the system provides no randomness.
std::string random_bytes(std::size_t count);

}  // namespace callarchive
