#pragma once

#include <cstddef>
#include <fstream>
#include <string>

namespace callarchive::test {

// A sanitizer keeps freed memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsMeasurable = false;
#else
constexpr bool kMemoryIsMeasurable = true;
#endif

// A field of a file of proc(5) that is given in kB, such as "VmHWM:" of /proc/PID/status, in bytes; 0 without one.
inline std::size_t bytes_in(const std::string& proc_file, const std::string& field) {
  std::ifstream file(proc_file);
  std::string word;
  while (file >> word && word != field) {}
  std::size_t kib = 0;
  file >> kib;
  return kib << 10;
}

}  // namespace callarchive::test
