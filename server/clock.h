#pragma once

#include "storage/records.h"

#include <chrono>

namespace callarchive {

// The system's clock: Unix milliseconds, UTC.
inline Millis now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace callarchive
