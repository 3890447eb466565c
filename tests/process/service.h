#pragma once

#include "tests/http/raw_client.h"
#include "tests/process/program.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callarchive::process {

using http::testing::Answer;

// `callarchive serve` on a port that the system picks.
class Service {
 public:
  explicit Service(std::string archive, std::vector<std::string> options = {},
                   const Program::Environment& environment = {});
  // Fails the test if it ran on until now and then did not end well.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return program_->pid(); }
  Answer post(std::string_view body, std::string_view headers = "", std::string_view target = "/webhooks/allo") const;
  Answer get(std::string_view target) const;
  Answer send(std::string_view method, std::string_view target) const;
  // The answer to a GET that must be a 200, as JSON.
  nlohmann::json ask(std::string_view target) const;

  void signal(int number) const { program_->signal(number); }
  // Waits until the log holds the text.
  void wait_for_log(const std::string& text) const { program_->wait_for_err(text); }
  std::string log() const { return program_->err(); }
  // Stops it by SIGTERM. Fails the test unless it exits with 0 and logged no error.
  Ended stop();

 private:
  std::unique_ptr<Program> program_;
  int port_ = 0;
};

// What became of a delivery: the status of the answer, a blank, and the outcome or the code of the problem.
std::string outcome(const Answer& answer);

// All bodies in tests/deliveries, by "dialect/topic".
std::vector<std::pair<std::string, std::string>> recorded_bodies();

// Imports so many made-up events, the first ones that `callarchive generate` writes.
void import_generated(const std::string& archive, int count);

// `callarchive dump`: every projected table as ordered text.
std::string dump(const std::string& archive);

}  // namespace callarchive::process
