#include "tests/api/golden.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace callarchive::test {

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = SOURCE_DIR "/tests/golden/" + name + ".txt";
  const char* accept = std::getenv("ACCEPT");
  if (accept && std::string(accept) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << "wrote " << path;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; ACCEPT=1 writes it";
  std::ostringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), text) << path << "; ACCEPT=1 rewrites it";
}

std::string transcript_of(const std::string& target, const http::Response& response) {
  std::ostringstream text;
  text << "GET " << target << "\n\n" << response.status << '\n' << "Content-Type: " << response.content_type << '\n';
  for (const auto& [name, value] : response.headers) text << name << ": " << value << '\n';
  text << '\n';
  const auto json = nlohmann::ordered_json::parse(response.body, nullptr, false);
  text << (json.is_discarded() ? response.body : json.dump(2)) << '\n';
  return text.str();
}

}  // namespace callarchive::test
