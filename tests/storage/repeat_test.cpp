#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace callarchive {
namespace {

using test::TemporaryArchive;

// What becomes of the same bytes, sent with these ids, one after the other.
std::string kept(const vector<optional<string>>& webhook_ids) {
  TemporaryArchive archive;
  for (const auto& id : webhook_ids) {
    Delivery delivery;
    delivery.body = "the same bytes";
    delivery.received_at = archive.now += 1000;
    delivery.webhook_id = id;
    archive.archive().store(delivery, Noted{"nothing"});
  }
  return archive.ask(
      "SELECT group_concat(line) FROM (SELECT coalesce(webhook_id, '-') || ' ' || times_received AS line"
      " FROM deliveries ORDER BY line)");
}

TEST(Repeat, WhatIsADeliveryDoesNotDependOnWhichCameFirst) {
  vector<optional<string>> ids = {{}, {}, "msg_1", "msg_1"};
  do {
    EXPECT_EQ(kept(ids), "- 2,msg_1 2");
  } while (std::next_permutation(ids.begin(), ids.end()));
}

// Sends the states of one contact as v1 does, without id and time, `seconds` after one another. Returns the name that
// the contact ends with, and how many deliveries there are.
std::string ends_as(const std::string& states, int seconds, optional<Millis> event_time = {}) {
  ArchiveOptions options;
  options.redelivery_grace = std::chrono::seconds(600);
  TemporaryArchive archive(options);
  for (const char state : states) {
    Delivery delivery;
    delivery.body = std::string("contact ") + state;
    delivery.received_at = archive.now += seconds * 1000;
    delivery.event_time = event_time;
    ContactChanged contact{.id = "con-1"};
    contact.name = std::string(1, state);
    archive.archive().store(delivery, contact);
  }
  return archive.reader().find_contact("con-1")->name.value_or("?") + " " +
         archive.ask("SELECT count(*) FROM deliveries");
}

TEST(Repeat, AContactsStateThatComesBackAfterTheGraceIsAChange) {
  EXPECT_EQ(ends_as("ABA", 301), "A 3");
  EXPECT_EQ(ends_as("ABA", 300), "B 2");   // 600 seconds between the two A: not more than the grace
  EXPECT_EQ(ends_as("ABA", 1), "B 2");     // a retry that B overtook
  EXPECT_EQ(ends_as("AA", 10000), "A 1");  // nothing came between
  EXPECT_EQ(ends_as("ABAB", 400), "B 4");
  EXPECT_EQ(ends_as("ABCA", 201), "A 4");
  EXPECT_EQ(ends_as("ABBA", 250), "A 3");  // the second B repeats the first
  EXPECT_EQ(ends_as("ABAA", 301), "A 3");  // the last A repeats the one before
  // An event with a time of its own happened once.
  EXPECT_TRUE(ends_as("ABA", 10000, 5).ends_with(" 2"));
}

TEST(Repeat, AReportThatComesBackIsAlwaysARepeat) {
  TemporaryArchive archive;
  for (const char* body : {"with tag", "without", "with tag"}) {
    Delivery delivery;
    delivery.body = body;
    delivery.received_at = archive.now += 3'600'000;
    if (std::string(body) == "without") archive.archive().store(delivery, TagChanged{"cll-1", "late", false});
    else archive.archive().store(delivery, CallCompleted{.id = "cll-1", .tags = {"late"}});
  }
  EXPECT_TRUE(archive.reader().find_call("cll-1", false)->tags.empty());
}

}  // namespace
}  // namespace callarchive
