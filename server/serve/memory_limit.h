#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace callarchive {

// The least memory limit of the control groups that hold this process, in bytes; absent if there is none. Version 2
// (memory.high, memory.max: https://docs.kernel.org/admin-guide/cgroup-v2.html) and version 1
// (memory.limit_in_bytes). `root` is where /proc and /sys are.
std::optional<std::size_t> memory_limit(const std::string& root = "");

}  // namespace callarchive
