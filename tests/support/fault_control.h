#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace callarchive::test {

// What the fault shim shall do to the files of a folder. Lives in a file that the process under test maps too, so that
// a test can begin and end a fault while that process runs.
struct FaultControl {
  char folder[512];                        // files under it are concerned
  char suffix[32];                         // … whose name ends so; empty: all
  std::atomic<std::uint32_t> operations;   // Operation bits; 0: no fault
  std::atomic<std::uint32_t> error;        // errno to fail with; 0: none
  std::atomic<std::uint32_t> every;        // each n-th concerned call; 1: all
  std::atomic<std::uint32_t> short_write;  // 1: half of it is written, and that is said
  std::atomic<std::uint32_t> delay_us;     // before the call is made
  std::atomic<std::uint64_t> calls;        // concerned so far
  std::atomic<std::uint64_t> injected;     // of them, spoiled or delayed
};

enum Operation : std::uint32_t {
  kWrite = 1,
  kSync = 2,
  kRead = 4,
  kTruncate = 8,
  kOpen = 16,
  kOpenToWrite = 32,  // only if it is opened for writing: the file is read-only
  kStatfs = 64,       // the folder seems to lie on NFS
};

struct Fault {
  std::uint32_t operations = 0;
  const char* suffix = "";
  int error = 0;
  std::uint32_t every = 1;
  bool short_write = false;
  std::uint32_t delay_us = 0;
};

// The test's side of it.
class Faults {
 public:
  // Makes the control file. `folder` must exist.
  Faults(std::string control_file, const std::string& folder);
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  void begin(const Fault& fault);
  void end();
  std::uint64_t injected() const;  // since begin
  const std::string& control_file() const { return control_file_; }

 private:
  std::string control_file_;
  FaultControl* control_ = nullptr;
};

// The environment variable that names the control file to a process with the shim preloaded.
constexpr const char* kFaultsVariable = "CALLARCHIVE_FAULTS";

}  // namespace callarchive::test

// For a test that has the shim linked in: obeys this control file from now on.
extern "C" void fault_shim_attach(const char* control_file);
