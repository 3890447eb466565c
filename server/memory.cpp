#include "server/memory.h"

#include <malloc.h>

namespace callarchive {

void set_memory_policy() {
  // Large bodies go back to the system at once. glibc's default keeps blocks up to 32 MiB once it has seen them freed,
  // which broke the bound on memory tenfold.
  ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
  // glibc gives each of the first 8 × processors threads an arena of its own, and each of them keeps what the largest
  // body that was ever decoded on its thread has needed.
  ::mallopt(M_ARENA_MAX, 2);
}

void give_memory_back() { ::malloc_trim(0); }

}  // namespace callarchive
