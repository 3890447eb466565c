#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

// A signer that this project did not write: the reference library of Standard Webhooks, npm's standardwebhooks.

namespace callarchive::process {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// Installs it by its lock file.
void install(const TemporaryFolder& folder) {
  for (const char* name : {"package.json", "package-lock.json", "sign.mjs"}) {
    fs::copy(fs::path(SOURCE_DIR "/tests/process/signer") / name, folder.path() / name);
  }
  const Ended installed = run_other("npm", {"ci", "--prefix", folder.path().string(), "--ignore-scripts", "--no-audit",
                                            "--no-fund", "--loglevel=error"});
  ASSERT_EQ(installed.exit_code, 0) << installed.out << installed.err;
}

std::string header_lines(const nlohmann::json& headers) {
  std::string lines;
  for (const auto& [name, value] : headers.items()) lines += name + ": " + value.get<std::string>() + "\r\n";
  return lines;
}

TEST(Signer, WhatTheReferenceLibrarySignsIsTaken) {
  if (run_other("sh", {"-c", "command -v npm && command -v node"}).exit_code != 0) {
    GTEST_SKIP() << "npm and node are not installed: nothing signs but ourselves";
  }
  const TemporaryFolder folder;
  install(folder);
  if (HasFatalFailure()) return;

  std::vector<std::string> bodies;
  std::vector<std::string> arguments = {folder.file("sign.mjs"), kSecret};
  for (const auto& [name, body] : recorded_bodies()) {
    if (!name.starts_with("v2/")) continue;
    arguments.push_back(folder.file(std::to_string(bodies.size()) + ".json"));
    std::ofstream(arguments.back(), std::ios::binary) << body;
    bodies.push_back(body);
  }
  ASSERT_GE(bodies.size(), 11u);
  const Ended made = run_other("node", arguments);
  ASSERT_EQ(made.exit_code, 0) << made.err;

  const TemporaryFolder archive;
  const Service service(archive.file("archive.db"), {"--webhook-secret", kSecret, "--max-failures", "1000"});
  std::istringstream lines(made.out);
  for (const auto& body : bodies) {
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    const std::string headers = header_lines(nlohmann::json::parse(line));
    EXPECT_EQ(outcome(service.post(body + " ", headers)), "401 unauthorized");
    EXPECT_EQ(outcome(service.post(body, headers)), "200 stored") << headers;
    EXPECT_EQ(outcome(service.post(body, headers)), "200 duplicate") << headers;
  }
}

}  // namespace
}  // namespace callarchive::process
