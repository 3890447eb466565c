#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace callarchive::api {

// The SHA-256 of bytes that are added piece by piece.
class RunningDigest {
 public:
  RunningDigest();
  ~RunningDigest();

  void add(std::string_view bytes);
  // Of all bytes so far, as lower-case hex. Nothing may be added afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace callarchive::api
