#include "tests/process/service.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace callarchive::process {
Service::Service(std::string archive, std::vector<std::string> options, const Program::Environment& environment) {
  std::vector<std::string> arguments = {"serve", "--db", std::move(archive), "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), std::make_move_iterator(options.begin()), std::make_move_iterator(options.end()));
  program_ = std::make_unique<Program>(arguments, environment);
  port_ = program_->port();
}

Service::~Service() {
  if (!program_->has_ended()) stop();
}

Answer Service::post(std::string_view body, std::string_view headers, std::string_view target) const {
  return http::testing::exchange(port_, http::testing::post(target, body, headers));
}

Answer Service::get(std::string_view target) const {
  return http::testing::exchange(port_, http::testing::get(target));
}

Answer Service::send(std::string_view method, std::string_view target) const {
  return http::testing::exchange(port_, std::string(method) + " " + std::string(target) +
                                            " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
}

nlohmann::json Service::ask(std::string_view target) const {
  const Answer answer = get(target);
  EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
  return nlohmann::json::parse(answer.body);
}

Ended Service::stop() {
  signal(SIGTERM);
  Ended ended = program_->wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.err, testing::Not(testing::HasSubstr(R"("level":"error")")));
  return ended;
}

std::string outcome(const Answer& answer) {
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  if (!body.is_object()) return std::to_string(answer.status) + " " + answer.body;
  return std::to_string(answer.status) + " " + std::string(body.value(answer.status == 200 ? "status" : "code", "?"));
}

std::vector<std::pair<std::string, std::string>> recorded_bodies() {
  std::vector<std::pair<std::string, std::string>> bodies;
  const std::filesystem::path folder = SOURCE_DIR "/tests/deliveries";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    bodies.emplace_back(entry.path().lexically_relative(folder).replace_extension().string(), text.str());
  }
  std::sort(bodies.begin(), bodies.end());
  return bodies;
}

void import_generated(const std::string& archive, int count) {
  const Ended generated = run({"generate", "--count", std::to_string(count)});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  const Ended imported = run({"import", "--db", archive, "-"}, {}, generated.out);
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
}

std::string dump(const std::string& archive) {
  const Ended ended = run({"dump", "--db", archive});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  return ended.out;
}

}  // namespace callarchive::process
