#include "server/serve/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace callarchive {
namespace {

// Version 1 writes a number near 2^63 for none.
constexpr std::size_t kNoLimit = std::size_t{1} << 60;

void lower(std::optional<std::size_t>& limit, const std::string& file) {
  std::ifstream stream(file);
  std::string text;
  if (!(stream >> text)) return;
  std::size_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || end != text.data() + text.size() || bytes >= kNoLimit) return;  // "max"
  limit = std::min(limit.value_or(bytes), bytes);
}

// Of a group and all that it is in.
void lower_along(std::optional<std::size_t>& limit, const std::string& mount, std::string group,
                 std::initializer_list<const char*> files) {
  for (;;) {
    for (const char* file : files) lower(limit, mount + group + "/" + file);
    const auto slash = group.rfind('/');
    if (group.empty() || slash == std::string::npos) return;
    group.erase(slash);
  }
}

}  // namespace

std::optional<std::size_t> memory_limit(const std::string& root) {
  std::optional<std::size_t> limit;
  std::ifstream groups(root + "/proc/self/cgroup");  // cgroups(7): "0::/system.slice/callarchive.service"
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (controllers.empty()) {
      lower_along(limit, root + "/sys/fs/cgroup", group, {"memory.high", "memory.max"});
    } else if (("," + controllers + ",").find(",memory,") != std::string::npos) {
      lower_along(limit, root + "/sys/fs/cgroup/memory", group, {"memory.limit_in_bytes"});
    }
  }
  return limit;
}

}  // namespace callarchive
