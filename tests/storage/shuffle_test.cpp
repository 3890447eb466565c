#include "storage/care/rebuild.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace callarchive {
namespace {

using test::TemporaryArchive;

constexpr Millis kNoon = 1'705'312'800'000;

struct Told {
  Event event;
  Millis time;
  string name;  // of the delivery, in every order
};

// A log in which the same few calls, messages and contacts are spoken of again and again, with contradictions,
// corrections of the start, poorer and richer reports, and everything at tying times.
class Story {
 public:
  explicit Story(unsigned seed) : random_(seed) {
    for (int i = 0; i < 300; ++i) log_.push_back({next(), kNoon + pick(40) * 1000, "story " + std::to_string(i)});
  }
  vector<Told>& log() { return log_; }

 private:
  std::int64_t pick(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool maybe() { return pick(2) == 0; }
  string number() { return "+3361234567" + std::to_string(pick(6)); }
  string id(const char* prefix) { return string(prefix) + (maybe() ? "_" : "-") + std::to_string(pick(8)); }
  optional<string> text(const char* what) {
    if (maybe()) return {};
    return what + std::to_string(pick(5));
  }

  Event next() {
    switch (pick(7)) {
      case 0:
      case 1: {
        CallCompleted call;
        call.id = id("cll");
        if (maybe()) call.started_at = kNoon + pick(3) * 1000;
        call.direction = maybe() ? "INBOUND" : "OUTBOUND";
        if (maybe()) call.from_number = number();
        if (maybe()) call.to_number = number();
        if (maybe()) call.original_to_number = number();
        if (maybe()) call.transfer_to = TransferParty{number(), text("user"), {}};
        call.summary = text("summary");
        call.user_email = text("user");
        if (maybe()) call.tags = {"tag" + std::to_string(pick(4))};
        if (maybe()) call.data_collected = {{"b", "1"}, {"a", std::to_string(pick(3))}};
        if (maybe()) {
          for (std::int64_t i = 0; i < 1 + pick(3); ++i) {
            call.transcript.push_back({i, "USER", {}, {}, {}, "mot " + std::to_string(pick(9)) + " 電話"});
          }
        }
        call.is_fetched = pick(4) == 0;
        call.has_all_tags = call.is_fetched && maybe();
        return call;
      }
      case 2: {
        MessageStored message;
        message.id = id("msg");
        if (maybe()) message.sent_at = kNoon + pick(3) * 1000;
        message.content = text("hello");
        if (maybe()) message.from_number = number();
        if (maybe()) message.to_number = number();
        message.is_fetched = pick(4) == 0;
        return message;
      }
      case 3: {
        ContactChanged contact;
        contact.id = id("con");
        if (maybe()) contact.name = text("name");
        if (maybe()) contact.company = maybe() ? optional<Company>(Company{text("com"), text("Acme")}) : std::nullopt;
        if (maybe()) contact.numbers = vector<string>{number(), number()};
        if (maybe()) contact.emails = vector<string>{"a" + std::to_string(pick(3)) + "@example.com"};
        if (maybe()) contact.properties = vector<JsonMember>{{"x\"y", "5.50"}, {"a", "{\"b\":[1e22]}"}};
        return contact;
      }
      case 4: return TagChanged{id("cll"), "tag" + std::to_string(pick(4)), maybe()};
      case 5: return SummaryChanged{id("cll"), text("changed"), pick(5)};
      default: {
        CallRinging ringing;
        ringing.kind = "received";
        ringing.started_at = kNoon + pick(5) * 1000;
        ringing.direction = maybe() ? "INBOUND" : "OUTBOUND";
        ringing.from_number = number();
        ringing.to_number = number();
        ringing.user_email = text("user");
        return ringing;
      }
    }
  }

  std::mt19937 random_;
  vector<Told> log_;
};

TEST(Shuffle, AnyOrderOfTimedEventsGivesTheSameTables) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    Story story(seed);
    string expected;
    for (unsigned order = 0; order < 3; ++order) {
      TemporaryArchive archive;
      if (order > 0) std::shuffle(story.log().begin(), story.log().end(), std::mt19937(order));
      for (const auto& told : story.log()) archive.tell(told.event, told.time, told.name);
      if (order == 0) expected = archive.dump();
      else EXPECT_EQ(archive.dump(), expected) << "seed " << seed << " order " << order;
    }
  }
}

TEST(Rebuild, MakesTheSameTablesAgain) {
  TemporaryArchive archive;
  Story story(7);
  for (const auto& told : story.log()) archive.tell(told.event, told.time);
  const auto before = archive.dump();
  archive.close();
  const auto checked = check_rebuild(archive.options(), archive.decoder(), [](const auto&) {});
  EXPECT_EQ(checked.difference_count, 0);
  const auto result = rebuild(archive.options(), archive.decoder(), [](const auto&) {});
  EXPECT_EQ(result.deliveries, 300);
  archive.reopen();
  EXPECT_EQ(archive.dump(), before);
}

TEST(Rebuild, StoppedHalfWayChangesNothing) {
  TemporaryArchive archive;
  Story story(8);
  for (const auto& told : story.log()) archive.tell(told.event, told.time);
  const auto before = archive.dump();
  archive.close();
  struct Stop {};
  EXPECT_THROW(rebuild(archive.options(), archive.decoder(), [](const auto&) { throw Stop(); }), Stop);
  archive.reopen();
  EXPECT_EQ(archive.dump(), before);
}

}  // namespace
}  // namespace callarchive
