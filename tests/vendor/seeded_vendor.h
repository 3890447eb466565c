#pragma once

#include "server/vendor/client.h"
#include "storage/records.h"
#include "tests/recordings/fake_vendor.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <vector>

// The vendor's REST API, both versions, over a set of calls, texts and people that a seed makes, with the oddities that
// live programs have met.

namespace callarchive::vendor::testing {

using nlohmann::json;

struct SeedEntry {
  string source = {};
  Millis time = 0;
  string text = {};
};

struct SeedItem {
  bool is_call = true;
  string id = {};
  Millis at = 0;
  string direction = {};
  string line = {};
  string contact = {};
  string contact_name = {};
  string user = {};
  // Of calls.
  std::int64_t seconds = 0;
  string result = {};
  string summary = {};
  std::vector<string> tags = {};
  std::vector<SeedEntry> transcript = {};
  // Of texts.
  string content = {};

  string from() const { return direction == "OUTBOUND" ? line : contact; }
  string to() const { return direction == "OUTBOUND" ? contact : line; }
  string v2_result() const;  // coarser than that of webhooks
};

struct SeedPerson {
  string id = {};
  string name = {};
  string last_name = {};
  string company = {};
  string job_title = {};
  std::vector<string> emails = {};
  std::vector<string> numbers = {};
};

struct Oddities {
  std::vector<string> scopes = {"CONVERSATIONS_READ", "PHONE_NUMBERS_READ", "USERS_READ", "TAGS_READ", "CRM_READ"};
  bool tells_scopes = true;
  bool has_v1 = true;
  bool refuses_key = false;
  bool wants_text_message = false;  // as the type of texts in a search; SMS is refused
  bool wants_oldest = false;        // as the sort
  std::int64_t most_days = 0;       // in one search; 0: any number
  int fails_every = 0;              // requests are answered 500, 503 and 429 in turn
  std::set<string> hidden = {};     // ids that are counted and not shown
  double rate = 100'000;            // that /v2/api/me tells
  bool wraps_twice = false;         // calls of version 1 in one more "data"
};

class SeededVendor {
 public:
  // The last day is 2026-05-11.
  SeededVendor(std::uint64_t seed, int items, int people, int lines = 2, std::int64_t days = 100);

  // What is served; under the lock of lock() while requests come.
  std::vector<SeedItem> items;
  std::vector<SeedPerson> people;
  std::vector<string> lines;
  Oddities odd;
  // Called before each page of a search is made, with the number of pages made so far. May change what is served.
  std::function<void(int pages)> before_page = {};
  std::function<void(int page)> before_people = {};  // likewise, with the number of the page

  ClientOptions client_options() const;
  int requests() const { return served_; }
  int searches() const { return http.count("/v2/api/conversations/items/search"); }
  SeedItem& item(const string& id);

 private:
  using Line = recordings::testing::Line;
  using Seen = recordings::testing::Seen;
  void answer(const Seen& seen, Line& line);
  json answer_v2(const Seen& seen, int& status);
  json answer_v1(const Seen& seen, int& status);
  json search(const json& body, int& status);

  std::mutex mutex_;
  std::atomic<int> served_ = 0;
  int pages_ = 0;

 public:
  recordings::testing::FakeVendor http;  // the first to be destroyed: its threads answer from the rest
};

// How each of the vendor's forms says the same.
json v2_item(const SeedItem& item, bool with_transcript);
json v2_person(const SeedPerson& person);
json v1_call(const SeedItem& call);
json v1_message(const SeedItem& text);        // has no id
string webhook_of(const SeedItem& item);      // of version 2: call.completed, sms.received, sms.sent
string webhook_of(const SeedPerson& person);  // contact.updated
Millis sent_at(const SeedItem& item);         // the timestamp of its webhook

}  // namespace callarchive::vendor::testing
