#pragma once

#include "server/http.h"
#include "storage/archive.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

// What the program counts, in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/). docs/operations.md explains each metric.
// Labels are taken from lists in the program, never from requests, so that their number is bounded and they contain
// nothing private.

namespace callarchive {

// All functions may be called from any thread. Counting costs a look-up and an increment.
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

  // The routes that get a label; requests for others count as "-". Call it before any request is counted.
  void know_routes(const std::vector<http::Route>& routes);

  // One request, as http::Observer reports it.
  void count_request(const http::Outcome& outcome);
  // One stored delivery, and how many of its times could not be read.
  void count_delivery(const std::string& topic, const Receipt& receipt, std::size_t unreadable_times);
  // One try to fetch a recording, by the state that it led to.
  void count_recording(RecordingState state);
  void count_failed_reload();
  // When the certificate in use ends, in Unix seconds.
  void note_certificate(std::int64_t expires_at);
  // The clock here minus the sender's, known from a verified signature.
  void note_clock_difference(double seconds);

  // All metrics, in the text format.
  // All metrics, in the text format.
  std::string text() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// The response of /metrics.
http::Response show_metrics(const Metrics& metrics);

}  // namespace callarchive
