#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <map>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

// One query for each route that asks the archive.
const std::vector<std::string>& queries() {
  static const std::vector<std::string> all = {
      "/v1/calls",
      "/v1/calls?include=transcript&count=exact",
      "/v1/calls/cll_2Nq7hVbXw9TzK4mRfJ3c",
      "/v1/calls/cll-2Nq7hVbXw9TzK4mRfJ3c/transcript",
      "/v1/calls/cll_2Nq7hVbXw9TzK4mRfJ3c/chain",
      "/v1/messages",
      "/v1/contacts",
      "/v1/contacts/con_8Rt2kLmNp4QsVx6YzB1d",
      "/v1/contacts/con_8Rt2kLmNp4QsVx6YzB1d/timeline",
      "/v1/contacts/con_8Rt2kLmNp4QsVx6YzB1d/versions",
      "/v1/numbers",
      "/v1/numbers/+33612345678",
      "/v1/numbers/+33612345678/calls",
      "/v1/numbers/+33612345678/messages",
      "/v1/numbers/+33612345678/timeline",
      "/v1/deliveries",
      "/v1/deliveries/1",
      "/v1/me",
      "/livez",
      "/readyz",
      "/openapi.json",
  };
  return all;
}

std::map<std::string, std::string> ask_all(const Service& service) {
  std::map<std::string, std::string> answers;
  for (const auto& query : queries()) {
    const Answer answer = service.get(query);
    EXPECT_EQ(answer.status, 200) << query << ": " << answer.body;
    answers[query] = answer.body;
  }
  return answers;
}

TEST(LifeCycle, WhatWasSentIsFoundAfterAStop) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const auto bodies = recorded_bodies();
  ASSERT_GE(bodies.size(), 30u);
  std::map<std::string, std::string> answers;
  {
    Service service(archive);
    for (const auto& [name, body] : bodies) {
      const bool says_nothing = name.ends_with("PING");
      EXPECT_EQ(outcome(service.post(body)), says_nothing ? "200 noted" : "200 stored") << name;
    }
    answers = ask_all(service);
    const auto found = service.ask("/v1/messages")["data"];
    ASSERT_FALSE(found.empty());
    const std::string message = "/v1/messages/" + found[0]["id"].get<std::string>();
    EXPECT_EQ(service.ask(message), found[0]);
    EXPECT_EQ(service.stop().exit_code, 0);
  }
  const Service service(archive);
  EXPECT_EQ(ask_all(service), answers);

  const auto call = service.ask("/v1/calls/cll_2Nq7hVbXw9TzK4mRfJ3c");
  EXPECT_EQ(call["from_number"], "+33612345678");
  EXPECT_EQ(call["duration_seconds"], 330);
  EXPECT_EQ(call["transcript_entry_count"], 3);
  for (const auto& [name, body] : bodies) {
    EXPECT_EQ(outcome(service.post(body)), "200 duplicate") << name;
  }
  EXPECT_EQ(service.ask("/v1/calls/cll_2Nq7hVbXw9TzK4mRfJ3c"), call);
}

TEST(LifeCycle, EveryBodyStandsVerbatimInTheLedger) {
  const TemporaryFolder folder;
  const Service service(folder.file("archive.db"));
  for (const auto& [name, body] : recorded_bodies()) {
    const Answer answer = service.post(body);
    const auto number = nlohmann::json::parse(answer.body)["delivery"].get<int>();
    EXPECT_EQ(service.get("/v1/deliveries/" + std::to_string(number) + "?raw=true").body, body) << name;
  }
}

TEST(LifeCycle, TheServiceEndsOnAnInterruptToo) {
  const TemporaryFolder folder;
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0"});
  program.wait_for_out("callarchive is listening on http://127.0.0.1:");
  program.signal(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 0);
}

}  // namespace
}  // namespace callarchive::process
