#pragma once

#include <string>
#include <vector>

namespace callarchive {

// A body as it was sent: tests/deliveries/<dialect>/<topic>.json.
struct Recorded {
  std::string dialect;
  std::string topic;
  std::string body;  // without the line break at the end of the file
};

// All of them, in the order of their names.
std::vector<Recorded> all_recorded();

// Fails the test and returns "" if there is no such file.
std::string recorded_body(const std::string& dialect, const std::string& topic);

}  // namespace callarchive
