#include "tests/support/golden_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace callarchive::test {

void expect_in_page(const std::string& page, const std::string& name, const std::string& text) {
  const std::string path = std::string(SOURCE_DIR) + "/" + page;
  std::stringstream whole;
  whole << std::ifstream(path).rdbuf();
  std::string content = whole.str();
  const std::string begin = "<!-- " + name + " -->\n", end = "<!-- /" + name + " -->";
  const auto from = content.find(begin);
  const auto to = content.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos) << page << " has no place for " << name;
  const auto inside = from + begin.size();
  if (std::getenv("ACCEPT") == nullptr) {
    EXPECT_EQ(content.substr(inside, to - inside), text) << "run with ACCEPT=1 to write " << page;
    return;
  }
  content.replace(inside, to - inside, text);
  std::ofstream(path) << content;
  GTEST_SKIP() << "wrote " << page;
}

}  // namespace callarchive::test
