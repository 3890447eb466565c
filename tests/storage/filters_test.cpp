#include "storage/search/grammar.h"
#include "storage/text/ascii.h"
#include "tests/storage/naive_archive.h"
#include "tests/storage/walk.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

namespace callarchive {
namespace {

using test::kFirstInstant;
using test::kSpan;
using test::naive_match;
using test::NaiveArchive;
using test::NaiveCall;
using test::NaiveContact;
using test::NaiveMessage;
using test::walk;

bool took_part(const vector<string>& all, const vector<string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const auto& one) { return std::find(all.begin(), all.end(), one) != all.end(); });
}

// A filter with one thing asked, and what it means without any database.
template <typename Filter, typename Row>
struct Choice {
  string name;
  std::function<void(Filter&)> ask;
  std::function<bool(const Row&)> holds;
};

const vector<string> kTexts = {"alpha",      "alpha beta",   "\"alpha beta\"", "alph*",     "\"beta gam*\"",
                               "-alpha",     "gamma -alpha", "-alpha -beta*",  "omega",     "epsilon",
                               "415",        "1234",         "alpha 3361",     "-415 zeta", "l'alpha",
                               "\"06 415\"", "nowhere"};

template <typename Filter, typename Row>
void add_common(vector<Choice<Filter, Row>>& all) {
  for (const auto& q : kTexts) {
    all.push_back(
        {"q=" + q, [q](Filter& f) { f.q = q; }, [q](const Row& r) { return naive_match(r.texts, r.numbers, q); }});
  }
}

template <typename Filter, typename Row>
void add_of_items(vector<Choice<Filter, Row>>& all, const vector<string>& numbers) {
  add_common(all);
  const vector<vector<string>> asked = {
      {numbers[0]}, {numbers[25]}, {numbers[1], numbers[2], numbers[26]}, {numbers[23]}, {numbers[3], numbers[3]}};
  for (const auto& some : asked) {
    string name = "number";
    for (const auto& one : some) name += "=" + one;
    all.push_back(
        {name, [some](Filter& f) { f.numbers = some; }, [some](const Row& r) { return took_part(r.numbers, some); }});
  }
  for (const char* direction : {"INBOUND", "NEVER"}) {
    all.push_back({string("direction=") + direction, [direction](Filter& f) { f.direction = direction; },
                   [direction](const Row& r) { return r.direction == direction; }});
  }
  const Millis since = kFirstInstant + kSpan / 3, until = kFirstInstant + kSpan * 2 / 3;
  all.push_back({"since", [=](Filter& f) { f.since = since; }, [=](const Row& r) { return r.at >= since; }});
  all.push_back({"until", [=](Filter& f) { f.until = until; }, [=](const Row& r) { return r.at < until; }});
}

vector<Choice<CallFilter, NaiveCall>> call_choices(const NaiveArchive& truth) {
  vector<Choice<CallFilter, NaiveCall>> all;
  add_of_items(all, truth.numbers);
  // The edges of time: exactly at a call.
  const Millis at = truth.calls[7].at;
  all.push_back(
      {"since at a call", [=](CallFilter& f) { f.since = at; }, [=](const NaiveCall& c) { return c.at >= at; }});
  all.push_back(
      {"until at a call", [=](CallFilter& f) { f.until = at; }, [=](const NaiveCall& c) { return c.at < at; }});
  all.push_back({"result", [](CallFilter& f) { f.result = "VOICEMAIL"; },
                 [](const NaiveCall& c) { return c.result == "VOICEMAIL"; }});
  for (const char* tag : {"vip", "unknown"}) {
    all.push_back({string("tag=") + tag, [tag](CallFilter& f) { f.tag = tag; },
                   [tag](const NaiveCall& c) { return took_part(c.tags, {tag}); }});
  }
  for (const char* user : {"user2@example.com", "User1@Example.Com"}) {  // any case
    all.push_back({string("user=") + user, [user](CallFilter& f) { f.user_email = user; },
                   [user](const NaiveCall& c) { return c.user == string("user") + user[4] + "@example.com"; }});
  }
  const auto contact = truth.contacts[2];
  all.push_back({"contact", [=](CallFilter& f) { f.contact_id = contact.id; },
                 [=](const NaiveCall& c) { return took_part(c.numbers, contact.numbers); }});
  all.push_back(
      {"no contact", [](CallFilter& f) { f.contact_id = "con-none"; }, [](const NaiveCall&) { return false; }});
  all.push_back(
      {"min", [](CallFilter& f) { f.min_duration = 300; }, [](const NaiveCall& c) { return c.seconds >= 300; }});
  all.push_back(
      {"max", [](CallFilter& f) { f.max_duration = 600; }, [](const NaiveCall& c) { return c.seconds <= 600; }});
  all.push_back({"recording_link", [](CallFilter& f) { f.has_recording_link = true; },
                 [](const NaiveCall& c) { return c.has_recording; }});
  all.push_back({"transcript", [](CallFilter& f) { f.has_transcript = true; },
                 [](const NaiveCall& c) { return c.has_transcript; }});
  all.push_back(
      {"summary", [](CallFilter& f) { f.has_summary = true; }, [](const NaiveCall& c) { return c.has_summary; }});
  return all;
}

vector<Choice<MessageFilter, NaiveMessage>> message_choices(const NaiveArchive& truth) {
  vector<Choice<MessageFilter, NaiveMessage>> all;
  add_of_items(all, truth.numbers);
  all.push_back(
      {"type", [](MessageFilter& f) { f.type = "MMS"; }, [](const NaiveMessage& m) { return m.type == "MMS"; }});
  return all;
}

vector<Choice<ContactFilter, NaiveContact>> contact_choices(const NaiveArchive& truth) {
  vector<Choice<ContactFilter, NaiveContact>> all;
  add_common(all);
  const auto contains = [](const string& text, const string& part) {
    return ascii::lower(text).find(part) != string::npos;
  };
  all.push_back({"name", [](ContactFilter& f) { f.name = "LPH"; },
                 [=](const NaiveContact& c) { return contains(c.name, "lph"); }});
  all.push_back({"company", [](ContactFilter& f) { f.company = "bet"; },
                 [=](const NaiveContact& c) { return contains(c.company, "bet"); }});
  all.push_back({"email", [](ContactFilter& f) { f.email = "Contact4@EXAMPLE.com"; },
                 [](const NaiveContact& c) { return c.email == "contact4@example.com"; }});
  const auto number = truth.contacts[1].numbers[0];
  all.push_back({"number", [=](ContactFilter& f) { f.number = "00" + number.substr(1); },
                 [=](const NaiveContact& c) { return took_part(c.numbers, {number}); }});
  return all;
}

template <typename Row>
vector<string> newest_first(vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.at > b.at; });
  vector<string> ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

// Every choice alone and with every other one against the truth. `sorted` gives the ids of the rows that remain.
template <typename Filter, typename Row, typename Find, typename CountRows, typename Sorted>
void compare(const vector<Choice<Filter, Row>>& choices, const vector<Row>& rows, const Find& find,
             const CountRows& count, const Sorted& sorted) {
  std::int64_t limit = 0;
  std::size_t found = 0;
  for (std::size_t a = 0; a < choices.size(); ++a) {
    for (std::size_t b = a; b < choices.size(); ++b) {
      Filter filter;
      choices[a].ask(filter);
      choices[b].ask(filter);
      // Two values of one parameter are not two filters: the second replaced the first.
      const bool same =
          choices[a].name.substr(0, choices[a].name.find('=')) == choices[b].name.substr(0, choices[b].name.find('='));
      if (same && a != b) continue;
      if (choices[a].name.starts_with("since") && choices[b].name.starts_with("since") && a != b) continue;
      if (choices[a].name.starts_with("until") && choices[b].name.starts_with("until") && a != b) continue;
      vector<Row> kept;
      for (const auto& row : rows) {
        if (choices[a].holds(row) && choices[b].holds(row)) kept.push_back(row);
      }
      limit = limit % 90 + 7;
      const auto ids = sorted(kept);
      EXPECT_EQ(walk([&](const Page& page) { return find(filter, page); }, limit), ids)
          << choices[a].name << " and " << choices[b].name << ", limit " << limit;
      EXPECT_EQ(count(filter), static_cast<std::int64_t>(ids.size())) << choices[a].name << " and " << choices[b].name;
      found += ids.size();
    }
  }
  EXPECT_GT(found, rows.size() * choices.size() / 10) << "the choices must find something";
}

class Filters : public testing::Test {
 protected:
  static void SetUpTestSuite() { truth = new NaiveArchive(1, 300); }
  static void TearDownTestSuite() {
    delete truth;
    truth = nullptr;
  }
  static NaiveArchive* truth;
};
NaiveArchive* Filters::truth = nullptr;

TEST_F(Filters, OfCallsAloneAndInPairs) {
  auto reader = truth->archive.reader();
  compare(
      call_choices(*truth), truth->calls, [&](const CallFilter& f, const Page& p) { return reader.find_calls(f, p); },
      [&](const CallFilter& f) { return reader.count_calls(f, true).total; }, newest_first<NaiveCall>);
}

TEST_F(Filters, OfMessagesAloneAndInPairs) {
  auto reader = truth->archive.reader();
  compare(
      message_choices(*truth), truth->messages,
      [&](const MessageFilter& f, const Page& p) { return reader.find_messages(f, p); },
      [&](const MessageFilter& f) { return reader.count_messages(f, true).total; }, newest_first<NaiveMessage>);
}

TEST_F(Filters, OfContactsAloneAndInPairs) {
  auto reader = truth->archive.reader();
  // The order is looked at in Archive.ContactsAreListedByName: taken from the list without filters.
  const auto order = walk([&](const Page& page) { return reader.find_contacts({}, page); }, 500);
  ASSERT_EQ(order.size(), truth->contacts.size());
  const auto sorted = [&](const vector<NaiveContact>& rows) {
    std::set<string> kept;
    for (const auto& row : rows) kept.insert(row.id);
    vector<string> ids;
    std::copy_if(order.begin(), order.end(), std::back_inserter(ids),
                 [&](const auto& id) { return kept.contains(id); });
    return ids;
  };
  compare(
      contact_choices(*truth), truth->contacts,
      [&](const ContactFilter& f, const Page& p) { return reader.find_contacts(f, p); },
      [&](const ContactFilter& f) { return reader.count_contacts(f, true).total; }, sorted);
}

TEST_F(Filters, OfNumbersAndTheirOrder) {
  auto reader = truth->archive.reader();
  for (const optional<string> kind : {optional<string>(), optional<string>("e164"), optional<string>("short_code")}) {
    for (const optional<string> country : {optional<string>(), optional<string>("FR"), optional<string>("US")}) {
      std::set<string> expected;  // by canonical text
      const auto add = [&](const string& number) {
        if ((!kind || kind == "e164") && (!country || country == (number.starts_with("+33") ? "FR" : "US")))
          expected.insert(number);
      };
      const auto add_all = [&](const auto& rows) {
        for (const auto& row : rows) std::for_each(row.numbers.begin(), row.numbers.end(), add);
      };
      add_all(truth->calls);
      add_all(truth->messages);
      add_all(truth->contacts);
      const auto seen = walk([&](const Page& page) { return reader.find_numbers({kind, country}, page); }, 4);
      EXPECT_THAT(seen, testing::ElementsAreArray(expected));
      EXPECT_EQ(reader.count_numbers({kind, country}, true).total, static_cast<std::int64_t>(expected.size()));
    }
  }
}

TEST_F(Filters, OfTheTimeline) {
  auto reader = truth->archive.reader();
  for (const auto& numbers : vector<vector<string>>{
           {truth->numbers[0]}, {truth->numbers[25]}, {truth->numbers[1], truth->numbers[26]}, {"+999"}, {}}) {
    for (const int window : {0, 1, 2, 3}) {
      TimelineFilter filter;
      if ((window & 1) != 0) filter.since = truth->calls[3].at;
      if ((window & 2) != 0) filter.until = kFirstInstant + kSpan * 3 / 4;
      vector<std::pair<Millis, string>> expected;
      const auto add_all = [&](const auto& rows) {
        for (const auto& row : rows) {
          if (took_part(row.numbers, numbers) && row.at >= filter.since.value_or(0) &&
              row.at < filter.until.value_or(INT64_MAX)) {
            expected.emplace_back(row.at, row.id);
          }
        }
      };
      add_all(truth->calls);
      add_all(truth->messages);
      std::sort(expected.rbegin(), expected.rend());
      vector<std::pair<Millis, string>> seen;
      Page page{.limit = 11};
      for (bool more = true; more;) {
        const auto slice = reader.find_timeline(numbers, filter, page);
        for (const auto& row : slice.rows) seen.emplace_back(row.at, row.call ? row.call->id : row.message->id);
        more = slice.has_more;
        page.after = slice.last_key;
      }
      EXPECT_EQ(seen, expected);
      EXPECT_EQ(reader.count_timeline(numbers, filter, true).total, static_cast<std::int64_t>(expected.size()));
    }
  }
}

TEST_F(Filters, OfSearch) {
  auto reader = truth->archive.reader();
  for (const auto& q : kTexts) {
    for (const auto& numbers : vector<vector<string>>{{}, {truth->numbers[25], truth->numbers[4]}}) {
      std::set<string> expected;
      const auto add_all = [&](const auto& rows) {
        for (const auto& row : rows) {
          if (naive_match(row.texts, row.numbers, q) && (numbers.empty() || took_part(row.numbers, numbers)))
            expected.insert(row.id);
        }
      };
      add_all(truth->calls);
      add_all(truth->messages);
      add_all(truth->contacts);
      for (const auto sort : {SearchSort::newest, SearchSort::relevance}) {
        const auto seen = walk<SearchPage>(
            [&](const SearchPage& page) {
              SearchFilter filter{{.numbers = numbers}};
              filter.q = q;
              filter.sort = sort;
              auto hits = reader.find_search_hits(filter, page);
              for (const auto& hit : hits.rows) {
                const bool only_excludes = q.starts_with('-') && q.find(" -") != string::npos;
                if (!q.starts_with('-') || (!only_excludes && q.find(' ') != string::npos)) {
                  EXPECT_FALSE(hit.entries.empty() && hit.fields.empty()) << q << " does not say what matched";
                }
              }
              return hits;
            },
            13);
        EXPECT_THAT(seen, testing::UnorderedElementsAreArray(expected)) << q;
      }
    }
  }
}

// A list, and the ids that are in it before anything is added.
struct GrowingList {
  string name;
  // Asks for all pages, each by a reader of its own.
  std::function<vector<string>(const std::function<Reader()>& next_reader)> walk;
  vector<string> ids;
};

vector<GrowingList> growing_lists(const NaiveArchive& truth) {
  constexpr std::int64_t kLimit = 3;
  using Next = std::function<Reader()>;
  vector<string> calls, called_alpha, messages, messaged_alpha, contacts, items_of_two, alpha;
  const vector<string> two = {truth.numbers[1], truth.numbers[26]};
  std::set<string> numbers;
  const auto sort_in = [&](const auto& row, vector<string>& all, vector<string>& some) {
    all.push_back(row.id);
    numbers.insert(row.numbers.begin(), row.numbers.end());
    if (!naive_match(row.texts, row.numbers, "alpha")) return;
    some.push_back(row.id);
    alpha.push_back(row.id);
  };
  vector<string> contacts_alpha;
  for (const auto& contact : truth.contacts) sort_in(contact, contacts, contacts_alpha);
  for (const auto& call : truth.calls) {
    sort_in(call, calls, called_alpha);
    if (took_part(call.numbers, two)) items_of_two.push_back(call.id);
  }
  for (const auto& message : truth.messages) {
    sort_in(message, messages, messaged_alpha);
    if (took_part(message.numbers, two)) items_of_two.push_back(message.id);
  }
  const auto pages_of = [=](auto find) {
    return [=](const Next& next) { return walk([&](const Page& page) { return find(next(), page); }, kLimit); };
  };
  const auto hits = [=](const Next& next) {
    return walk<SearchPage>([&](const SearchPage& page) { return next().find_search_hits({.q = "alpha"}, page); },
                            kLimit);
  };
  return {
      {"calls", pages_of([](Reader r, const Page& p) { return r.find_calls({}, p); }), calls},
      {"calls by q", pages_of([](Reader r, const Page& p) { return r.find_calls({.q = "alpha"}, p); }), called_alpha},
      {"messages", pages_of([](Reader r, const Page& p) { return r.find_messages({}, p); }), messages},
      {"messages by q", pages_of([](Reader r, const Page& p) { return r.find_messages({.q = "alpha"}, p); }),
       messaged_alpha},
      {"contacts", pages_of([](Reader r, const Page& p) { return r.find_contacts({}, p); }), contacts},
      {"numbers",
       pages_of([](Reader r, const Page& p) { return r.find_numbers({}, p); }),
       {numbers.begin(), numbers.end()}},
      {"timeline", pages_of([=](Reader r, const Page& p) { return r.find_timeline(two, {}, p); }), items_of_two},
      {"search", hits, alpha},
  };
}

// New rows come in before, after and amid those of a list, which must all be seen, once each.
TEST_F(Filters, PagesVisitEachRowOnceWhileAWriterInserts) {
  constexpr int kInserted = 100;  // while one list is walked
  NaiveArchive growing(2, 60);
  int told = 60;
  for (const auto& list : growing_lists(growing)) {
    ASSERT_GT(list.ids.size(), 10u) << list.name;
    std::atomic<bool> stop = false;
    std::atomic<int> inserted = 0;
    std::thread writer([&] {
      while (!stop && inserted < kInserted) {
        growing.tell(told++);
        growing.tell_new_number();
        ++inserted;
      }
    });
    const auto ids = list.walk([&] {
      // Something comes in between two pages, for as long as there is anything.
      const auto before = inserted.load();
      while (inserted == before && inserted < kInserted) std::this_thread::yield();
      return growing.archive.reader();
    });
    stop = true;
    writer.join();
    const std::set<string> once(ids.begin(), ids.end());
    EXPECT_EQ(once.size(), ids.size()) << list.name << " shows a row twice";
    for (const auto& id : list.ids) EXPECT_TRUE(once.contains(id)) << list.name << " misses " << id;
    EXPECT_GT(once.size(), list.ids.size()) << list.name << " must have met something new";
  }
}

}  // namespace
}  // namespace callarchive
