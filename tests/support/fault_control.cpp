#include "tests/support/fault_control.h"

#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace callarchive::test {

Faults::Faults(std::string control_file, const std::string& folder) : control_file_(std::move(control_file)) {
  const int descriptor = ::open(control_file_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0 || ::ftruncate(descriptor, sizeof(FaultControl)) != 0) {
    throw std::runtime_error("cannot make " + control_file_);
  }
  void* memory = ::mmap(nullptr, sizeof(FaultControl), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + control_file_);
  control_ = static_cast<FaultControl*>(memory);
  const auto real = std::filesystem::canonical(folder).string();
  std::strncpy(control_->folder, real.c_str(), sizeof control_->folder - 1);
}

Faults::~Faults() {
  end();
  ::munmap(control_, sizeof(FaultControl));
}

void Faults::begin(const Fault& fault) {
  end();
  std::memset(control_->suffix, 0, sizeof control_->suffix);
  std::strncpy(control_->suffix, fault.suffix, sizeof control_->suffix - 1);
  control_->error = static_cast<std::uint32_t>(fault.error);
  control_->every = fault.every;
  control_->short_write = fault.short_write ? 1 : 0;
  control_->delay_us = fault.delay_us;
  control_->calls = 0;
  control_->injected = 0;
  control_->operations = fault.operations;  // last: from here on it holds
}

void Faults::end() { control_->operations = 0; }

std::uint64_t Faults::injected() const { return control_->injected; }

}  // namespace callarchive::test
