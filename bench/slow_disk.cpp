// Makes the control file for the preloaded fault shim: every sync of the files in a folder takes longer.
//   bench_slow_disk CONTROL FOLDER MICROSECONDS

#include "tests/support/fault_control.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: bench_slow_disk CONTROL FOLDER MICROSECONDS\n");
    return 2;
  }
  using namespace callarchive::test;
  Faults faults(argv[1], argv[2]);
  faults.begin({.operations = kSync, .delay_us = static_cast<std::uint32_t>(std::atoi(argv[3]))});
  std::_Exit(0);  // the fault stays in the file
}
