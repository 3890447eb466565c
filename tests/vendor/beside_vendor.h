#pragma once

#include "server/ingest/decode.h"
#include "server/vendor/backfill.h"
#include "server/vendor/verify.h"
#include "storage/care/dump.h"
#include "storage/care/rebuild.h"
#include "tests/support/temporary_archive.h"
#include "tests/vendor/seeded_vendor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

// An archive beside a vendor of our own, with the verbs of both.

namespace callarchive::vendor::testing {

inline constexpr Millis kNow = 1'779'278'400'000;  // 2026-05-20T12:00Z, after the last item

class BesideVendor : public ::testing::Test {
 protected:
  explicit BesideVendor(std::uint64_t seed = 7, int items = 600, int people = 40) : vendor(seed, items, people) {
    open();
  }

  void open() { archive = std::make_unique<Archive>(archive_options(), decode); }
  // With an empty archive, as if there had been none.
  void begin_again() {
    archive.reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) std::filesystem::remove_all(entry);
    open();
  }
  ArchiveOptions archive_options() const {
    return {.path = folder.file("archive.db"), .query_timeout = std::chrono::minutes(1)};
  }

  void receive(const string& body) {
    Delivery delivery{.body = body, .received_at = now};
    Event event = decode(delivery);
    archive->store(std::move(delivery), std::move(event));
  }
  // Webhooks of all that `is_sent` lets pass.
  void receive_webhooks(const std::function<bool(const SeedItem&)>& is_sent) {
    for (const auto& item : vendor.items) {
      if (is_sent(item)) receive(webhook_of(item));
    }
  }
  BackfillResult run(BackfillOptions options = {}, ClientOptions client_options = {}) {
    if (client_options.key.empty()) client_options = vendor.client_options();
    options.now = [this] { return now; };
    Client client(std::move(client_options));
    return backfill(*archive, client, options);
  }
  VerifyReport check() {
    Client client(vendor.client_options());
    return verify(*archive, client, {.now = [this] { return now; }});
  }

  // Everything that the vendor has is here, and nothing else.
  void expect_equal_to_seed() {
    auto reader = archive->reader();
    std::int64_t calls = 0, texts = 0;
    for (const auto& item : vendor.items) {
      if (item.is_call) {
        ++calls;
        const auto call = reader.find_call(item.id, true);
        ASSERT_TRUE(call) << item.id;
        EXPECT_EQ(call->started_at.value_or(0) / 1000, item.at / 1000) << item.id;
        EXPECT_EQ(call->direction, item.direction) << item.id;
        EXPECT_TRUE(call->result == item.result || call->result == item.v2_result()) << item.id << *call->result;
        EXPECT_EQ(call->from_number, item.from()) << item.id;
        EXPECT_EQ(call->to_number, item.to()) << item.id;
        EXPECT_EQ(call->duration_seconds, item.seconds) << item.id;
        EXPECT_EQ(call->user_email, item.user) << item.id;
        EXPECT_EQ(call->summary.value_or(""), item.summary) << item.id;
        auto tags = item.tags;
        std::sort(tags.begin(), tags.end());
        EXPECT_EQ(call->tags, tags) << item.id;
        ASSERT_EQ(call->transcript.size(), item.transcript.size()) << item.id;
        for (std::size_t i = 0; i < item.transcript.size(); ++i) {
          EXPECT_EQ(call->transcript[i].text, item.transcript[i].text) << item.id;
          EXPECT_EQ(call->transcript[i].source, item.transcript[i].source) << item.id;
          EXPECT_EQ(call->transcript[i].time.value_or(0) / 1000, item.transcript[i].time / 1000) << item.id;
        }
      } else {
        ++texts;
        const auto text = reader.find_message(item.id);
        ASSERT_TRUE(text) << item.id;
        EXPECT_EQ(text->sent_at.value_or(0) / 1000, item.at / 1000) << item.id;
        EXPECT_EQ(text->direction, item.direction) << item.id;
        EXPECT_EQ(text->content, item.content) << item.id;
        EXPECT_EQ(text->from_number, item.from()) << item.id;
        EXPECT_EQ(text->to_number, item.to()) << item.id;
        EXPECT_EQ(text->user_email, item.user) << item.id;
      }
    }
    EXPECT_EQ(reader.count_calls({}, true).total, calls);
    EXPECT_EQ(reader.count_messages({}, true).total, texts);
    for (const auto& person : vendor.people) {
      const auto contact = reader.find_contact(person.id);
      ASSERT_TRUE(contact) << person.id;
      EXPECT_EQ(contact->name, person.name) << person.id;
      EXPECT_EQ(contact->last_name.value_or(""), person.last_name) << person.id;
      EXPECT_EQ(contact->job_title.value_or(""), person.job_title) << person.id;
      EXPECT_EQ(contact->emails, person.emails) << person.id;
      EXPECT_EQ(contact->numbers, person.numbers) << person.id;
      EXPECT_EQ(contact->company.value_or(Company{}).name.value_or(""), person.company) << person.id;
    }
    EXPECT_EQ(reader.count_contacts({}, true).total, static_cast<std::int64_t>(vendor.people.size()));
  }

  string dump() const {
    string text;
    dump_tables(folder.file("archive.db"), [&](std::string_view line) { (text += line) += '\n'; });
    return text;
  }
  void expect_rebuild_changes_nothing() {
    archive.reset();
    EXPECT_EQ(check_rebuild(archive_options(), decode, [](const auto&) {}).difference_count, 0);
    open();
  }

  test::TemporaryFolder folder;
  SeededVendor vendor;
  Millis now = kNow;
  std::unique_ptr<Archive> archive;
};

}  // namespace callarchive::vendor::testing
