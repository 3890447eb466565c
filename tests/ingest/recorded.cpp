#include "tests/ingest/recorded.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace callarchive {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(SOURCE_DIR) / "tests" / "deliveries";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "missing: " << path;
  std::string text(std::istreambuf_iterator<char>(file), {});
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

std::vector<Recorded> all_recorded() {
  std::vector<Recorded> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    const auto& path = entry.path();
    if (path.extension() != ".json") continue;
    all.push_back({path.parent_path().filename(), path.stem(), read_file(path)});
  }
  std::ranges::sort(all, {}, [](const Recorded& one) { return one.dialect + '/' + one.topic; });
  return all;
}

std::string recorded_body(const std::string& dialect, const std::string& topic) {
  return read_file(kFolder / dialect / (topic + ".json"));
}

}  // namespace callarchive
