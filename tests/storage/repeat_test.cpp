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

}  // namespace
}  // namespace callarchive
