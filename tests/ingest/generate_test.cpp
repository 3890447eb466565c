#include "server/generate/generate.h"

#include "server/ingest/decode.h"
#include "tests/ingest/event_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace callarchive::generate {
namespace {

std::string generated(std::uint64_t count, std::uint64_t seed, const GenerateOptions& options = {}) {
  std::ostringstream out;
  generate(count, seed, options, out);
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream input(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  return lines;
}

TEST(Generate, TheSameSeedWritesTheSameBytes) {
  const std::string text = generated(300, 7);
  EXPECT_EQ(generated(300, 7), text);
  EXPECT_NE(generated(300, 8), text);
  EXPECT_TRUE(text.starts_with(generated(100, 7)));
  EXPECT_EQ(lines_of(text).size(), 300u);
}

TEST(Generate, HasTheSizesOfALiveAccount) {
  struct Sum {
    std::size_t count = 0, bytes = 0, entries = 0, most_entries = 0;
  };
  std::map<std::size_t, Sum> by_kind;
  for (const std::string& line : lines_of(generated(10'000, 1))) {
    Delivery delivery{.body = line};
    const Event event = decode(delivery);
    Sum& sum = by_kind[event.index()];
    ++sum.count;
    sum.bytes += line.size();
    if (const auto* call = std::get_if<CallCompleted>(&event)) {
      sum.entries += call->transcript.size();
      sum.most_entries = std::max(sum.most_entries, call->transcript.size());
    }
  }
  const Sum calls = by_kind[Event(CallCompleted{}).index()], messages = by_kind[Event(MessageStored{}).index()];
  EXPECT_EQ(by_kind.size(), 3u) << "calls, messages and contacts only";
  EXPECT_NEAR(static_cast<double>(calls.count), 3000, 200);
  EXPECT_NEAR(static_cast<double>(messages.count), 6000, 200);
  EXPECT_NEAR(static_cast<double>(calls.entries / calls.count), 20, 3);
  EXPECT_NEAR(static_cast<double>(calls.bytes / calls.count), 5300, 800);
  EXPECT_NEAR(static_cast<double>(messages.bytes / messages.count), 335, 40);
  EXPECT_GT(calls.most_entries, 120u);
}

TEST(Generate, EveryBodyOfEveryDialectCanBeDecoded) {
  std::set<std::string> met;
  const GenerateOptions options{.dialects = parse_shares("v1,v1_camel,body,mobile,v2=4")};
  for (const std::string& line : lines_of(generated(5'000, 3, options))) {
    Delivery delivery{.body = line};
    const Event event = decode(delivery);
    ASSERT_FALSE(std::holds_alternative<Quarantined>(event) || std::holds_alternative<Noted>(event)) << line;
    met.insert(delivery.dialect + '/' + delivery.topic.value());
  }
  for (const char* expected :
       {"v1/CALL_RECEIVED", "v1_camel/CONTACT_UPDATED", "body/CALL_RECEIVED", "body/SMS_RECEIVED",
        "mobile/call.received", "mobile/sms.received", "v2/call.received", "v2/call.triggered", "v2/call.answered",
        "v2/call.completed", "v2/sms.received", "v2/sms.sent", "v2/contact.updated", "v2/tag.added", "v2/tag.removed",
        "v2/summary.updated"}) {
    EXPECT_TRUE(met.contains(expected)) << expected;
  }
}

TEST(Generate, TheSameThingIsToldInTwoDialects) {
  std::map<std::string, std::set<std::string>> dialects_of;
  for (const std::string& line : lines_of(generated(1'000, 3, {.dialects = parse_shares("v1,v2")}))) {
    Delivery delivery{.body = line};
    const Event event = decode(delivery);
    if (const auto* call = std::get_if<CallCompleted>(&event)) dialects_of[call->id].insert(delivery.dialect);
  }
  const auto in_both =
      std::count_if(dialects_of.begin(), dialects_of.end(), [](const auto& entry) { return entry.second.size() == 2; });
  EXPECT_GT(in_both, 5);
}

TEST(Generate, ReadsShares) {
  const auto shares = parse_shares("v1=3,v2");
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[0].weight, 3u);
  EXPECT_EQ(shares[1].dialect, ingest::Dialect::v2);
  for (const char* text : {"v3", "v1=", "v1=x", "v1=-1", "v1=1001", "=1", ",v1"}) {
    EXPECT_THROW(parse_shares(text), std::invalid_argument) << text;
  }
  EXPECT_THROW(generated(1, 1, {.dialects = {}}), std::invalid_argument);
}

}  // namespace
}  // namespace callarchive::generate
