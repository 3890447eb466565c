#pragma once

#include "storage/archive.h"

#include <chrono>

namespace callarchive::api {

// What every handler of a query needs.
struct Context {
  Archive& archive;
  std::chrono::milliseconds query_timeout;  // time limit of a query; a request may lower it, never raise it
};

}  // namespace callarchive::api
