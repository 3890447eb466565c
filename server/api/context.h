#pragma once

#include "storage/archive.h"

#include <chrono>

namespace callarchive::api {

// What every handler needs.
struct Context {
  Archive& archive;
  std::chrono::milliseconds query_timeout;  // what a question may take; a caller may lower it, never raise it
};

}  // namespace callarchive::api
