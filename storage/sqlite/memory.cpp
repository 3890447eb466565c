#include "storage/sqlite/memory.h"

#include <sqlite3.h>

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace callarchive::storage {
namespace {

// The sum over all threads is brought up to date in steps, so that threads rarely write to the same cache line.
constexpr std::int64_t kStep = 256 << 10;
constexpr std::int64_t kWorthGivingBack = 8 << 20;

std::atomic<std::int64_t> all_queries{0};

// Of one thread. Freeing what was allocated before the query began makes `held` smaller than what the query holds;
// that is bounded by what a connection holds between queries, a few megabytes.
struct Account {
  bool is_open = false;
  std::int64_t held = 0;
  std::int64_t most = 0;
  std::int64_t added = 0;  // of `held`, to all_queries
};
thread_local Account account;

std::int64_t size_of(void* block) { return static_cast<std::int64_t>(::malloc_usable_size(block)); }

bool may_grow(std::int64_t bytes) {
  if (!account.is_open) return true;
  if (account.held + bytes > static_cast<std::int64_t>(kMemoryOfQuery)) return false;
  const auto not_added = account.held + bytes - account.added;
  return all_queries.load(std::memory_order_relaxed) + not_added <= static_cast<std::int64_t>(kMemoryOfQueries);
}

void add(std::int64_t bytes) {
  if (!account.is_open) return;
  account.held += bytes;
  account.most = std::max(account.most, account.held);
  const auto not_added = account.held - account.added;
  if (not_added < kStep && not_added > -kStep) return;
  all_queries.fetch_add(not_added, std::memory_order_relaxed);
  account.added += not_added;
}

void* allocate(int bytes) {
  if (!may_grow(bytes)) return nullptr;
  void* const block = std::malloc(static_cast<std::size_t>(bytes));
  if (block != nullptr) add(size_of(block));
  return block;
}

void release(void* block) {
  add(-size_of(block));
  std::free(block);
}

void* reallocate(void* block, int bytes) {
  const auto before = size_of(block);
  if (bytes > before && !may_grow(bytes - before)) return nullptr;
  void* const moved = std::realloc(block, static_cast<std::size_t>(bytes));
  if (moved != nullptr) add(size_of(moved) - before);
  return moved;
}

int usable_size(void* block) { return static_cast<int>(::malloc_usable_size(block)); }
int round_up(int bytes) { return (bytes + 7) & ~7; }
int start(void*) { return SQLITE_OK; }
void stop(void*) {}

}  // namespace

// https://www.sqlite.org/c3ref/mem_methods.html
void use_limited_memory() {
  static const sqlite3_mem_methods methods = {allocate, release, reallocate, usable_size,
                                              round_up, start,   stop,       nullptr};
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

QueryMemory::QueryMemory() : outermost_(!account.is_open) {
  if (outermost_) account = {.is_open = true};
}

QueryMemory::~QueryMemory() {
  if (!outermost_) return;
  all_queries.fetch_sub(account.added, std::memory_order_relaxed);
  const bool was_much = account.most > kWorthGivingBack;
  account = {};
  // The C library keeps what was freed for each thread; a busy quarter of an hour would otherwise be seen for days.
  if (was_much) ::malloc_trim(0);
}

}  // namespace callarchive::storage
