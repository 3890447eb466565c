// Stands between SQLite and the system's file calls and spoils them as a control file says: see fault_control.h.
// Preloaded into the program under test, or linked into a test.

#include "tests/support/fault_control.h"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace {

using callarchive::test::FaultControl;
using namespace callarchive::test;

std::atomic<FaultControl*> control{nullptr};
constexpr std::size_t kMostDescriptors = 65536;
// The names of open files of the folder, as far as they matter: the end of the path.
std::array<char[32], kMostDescriptors> names{};

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool ends_with(std::string_view text, std::string_view end) { return text.ends_with(end); }

void remember(int descriptor) {
  auto* faults = control.load();
  if (faults == nullptr || descriptor < 0 || static_cast<std::size_t>(descriptor) >= kMostDescriptors) return;
  const int saved = errno;
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  char path[1024];
  const auto size = ::readlink(link, path, sizeof path - 1);
  auto& name = names[static_cast<std::size_t>(descriptor)];
  name[0] = '\0';
  if (size > 0) {
    const std::string_view text(path, static_cast<std::size_t>(size));
    if (text.starts_with(faults->folder)) {
      const auto tail = text.substr(text.size() > 31 ? text.size() - 31 : 0);
      std::memcpy(name, tail.data(), tail.size());
      name[tail.size()] = '\0';
    }
  }
  errno = saved;
}

// Whether this call is to be spoiled; waits first if that is the fault.
FaultControl* due(const char* name, std::uint32_t operation) {
  auto* faults = control.load();
  if (faults == nullptr || name[0] == '\0' || (faults->operations & operation) == 0) return nullptr;
  if (!ends_with(name, faults->suffix)) return nullptr;
  if (++faults->calls % faults->every != 0) return nullptr;
  ++faults->injected;
  if (faults->delay_us != 0) ::usleep(faults->delay_us);
  return faults;
}

FaultControl* due(int descriptor, std::uint32_t operation) {
  if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= kMostDescriptors) return nullptr;
  return due(names[static_cast<std::size_t>(descriptor)], operation);
}

bool fails(FaultControl* faults) {
  if (faults == nullptr || faults->error == 0) return false;
  errno = static_cast<int>(faults->error.load());
  return true;
}

std::size_t allowed(FaultControl* faults, std::size_t size) {
  return faults != nullptr && faults->short_write != 0 ? size / 2 : size;
}

int spoiled_open(const char* function, const char* path, int flags, mode_t mode) {
  if (auto* faults = control.load(); faults != nullptr && std::string_view(path).starts_with(faults->folder)) {
    const bool to_write = (flags & O_ACCMODE) != O_RDONLY;
    if (fails(due(path, kOpen)) || (to_write && fails(due(path, kOpenToWrite)))) return -1;
  }
  const int descriptor = real<int(const char*, int, mode_t)>(function)(path, flags, mode);
  remember(descriptor);
  return descriptor;
}

int spoiled_sync(const char* function, int descriptor) {
  if (fails(due(descriptor, kSync))) return -1;
  return real<int(int)>(function)(descriptor);
}

}  // namespace

extern "C" {

void fault_shim_attach(const char* control_file) {
  const int descriptor = ::open(control_file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) ::abort();
  void* memory = ::mmap(nullptr, sizeof(FaultControl), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (memory == MAP_FAILED) ::abort();
  control = static_cast<FaultControl*>(memory);
}

__attribute__((constructor)) static void attach_by_environment() {
  if (const char* file = std::getenv(kFaultsVariable)) fault_shim_attach(file);
}

#define OPEN_LIKE(name)                                       \
  int name(const char* path, int flags, ...) {                \
    va_list rest;                                             \
    va_start(rest, flags);                                    \
    const auto mode = static_cast<mode_t>(va_arg(rest, int)); \
    va_end(rest);                                             \
    return spoiled_open(#name, path, flags, mode);            \
  }
OPEN_LIKE(open)
OPEN_LIKE(open64)
#undef OPEN_LIKE

int close(int descriptor) {
  if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < kMostDescriptors) {
    names[static_cast<std::size_t>(descriptor)][0] = '\0';
  }
  static const auto next = real<int(int)>("close");
  return next(descriptor);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static const auto next = real<ssize_t(int, const void*, size_t)>("write");
  auto* faults = due(descriptor, kWrite);
  return fails(faults) ? -1 : next(descriptor, bytes, allowed(faults, size));
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  static const auto next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  auto* faults = due(descriptor, kWrite);
  return fails(faults) ? -1 : next(descriptor, bytes, allowed(faults, size), offset);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  static const auto next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  auto* faults = due(descriptor, kWrite);
  return fails(faults) ? -1 : next(descriptor, bytes, allowed(faults, size), offset);
}

ssize_t read(int descriptor, void* bytes, size_t size) {
  static const auto next = real<ssize_t(int, void*, size_t)>("read");
  return fails(due(descriptor, kRead)) ? -1 : next(descriptor, bytes, size);
}

ssize_t pread(int descriptor, void* bytes, size_t size, off_t offset) {
  static const auto next = real<ssize_t(int, void*, size_t, off_t)>("pread");
  return fails(due(descriptor, kRead)) ? -1 : next(descriptor, bytes, size, offset);
}

ssize_t pread64(int descriptor, void* bytes, size_t size, off64_t offset) {
  static const auto next = real<ssize_t(int, void*, size_t, off64_t)>("pread64");
  return fails(due(descriptor, kRead)) ? -1 : next(descriptor, bytes, size, offset);
}

int fsync(int descriptor) { return spoiled_sync("fsync", descriptor); }
int fdatasync(int descriptor) { return spoiled_sync("fdatasync", descriptor); }

int ftruncate64(int descriptor, off64_t size) {
  static const auto next = real<int(int, off64_t)>("ftruncate64");
  return fails(due(descriptor, kTruncate)) ? -1 : next(descriptor, size);
}

// Says that a folder lies on a network filesystem.
int statfs64(const char* path, struct statfs64* info) {
  static const auto next = real<int(const char*, struct statfs64*)>("statfs64");
  const int result = next(path, info);
  if (due(path, kStatfs) != nullptr) info->f_type = 0x6969;  // NFS
  return result;
}
int statfs(const char* path, struct statfs* info) {
  static const auto next = real<int(const char*, struct statfs*)>("statfs");
  const int result = next(path, info);
  if (due(path, kStatfs) != nullptr) info->f_type = 0x6969;
  return result;
}

}  // extern "C"
