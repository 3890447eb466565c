#pragma once

#include "server/http.h"
#include "storage/archive.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

// What the program counts, in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/). docs/operations.md tells what each metric means.
// Labels are taken from lists that the program knows, never from what was sent, so that their number is bounded and
// nobody's number or name gets in.

namespace callarchive {

// Safe on any number of threads. Counting costs a look-up and an increment.
class Metrics {
 public:
  struct Options {
    std::string version = {};
    std::string archive_path = {};
    std::vector<std::string> topics = {};  // that are told apart; others count as "other"
    std::function<Millis()> now = {};
  };

  // The archive must outlive it.
  Metrics(Archive& archive, Options options);
  ~Metrics();

  // Tells these apart from now on; requests for others count as "-". To be called before any request is counted.
  void know_routes(const std::vector<http::Route>& routes);

  // As http::Observer reports it.
  void count_request(const http::Outcome& outcome);
  // A delivery that is on disk.
  void count_delivery(const std::string& topic, const Receipt& receipt);
  // The clock here minus the sender's, as a verified signature tells.
  void note_clock_difference(double seconds);

  std::string text() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// The answer of /metrics.
http::Response show_metrics(const Metrics& metrics);

}  // namespace callarchive
