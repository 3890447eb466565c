#pragma once

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

namespace callarchive::process {

using Words = std::vector<std::string>;

inline Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

inline Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline std::string id_of(const std::string& line) { return nlohmann::json::parse(line).at("id"); }

inline std::string url_of(const Service& service) { return "http://127.0.0.1:" + std::to_string(service.port()); }

// A number of the demo that called and wrote.
constexpr const char* kCustomer = "+33639981010";

// The archive of the demo, imported by the program.
class Demo : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run({"import", "--db", archive(), SOURCE_DIR "/demo/events.ndjson"}).exit_code, 0);
  }

  std::string file(const std::string& name) const { return folder_.file(name); }
  std::string archive() const { return folder_.file("archive.db"); }

  // Asks the file; the answer must be good.
  std::string ask(const Words& words, const Program::Environment& environment = {}) const {
    const Ended ended = run(words + Words{"--db", archive()}, environment);
    EXPECT_EQ(ended.exit_code, 0) << testing::PrintToString(words) << ended.err;
    return ended.out;
  }

 private:
  const test::TemporaryFolder folder_;
};

}  // namespace callarchive::process
