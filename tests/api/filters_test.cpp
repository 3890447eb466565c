#include "server/text/time_text.h"
#include "tests/api/asking.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

// Every filter alone, and every two together, against a scan that reads the generated data plainly.

namespace callarchive::test {
namespace {

using nlohmann::json;

constexpr Millis kStart = 1'711'753'200'000;  // 2024-03-29T23:00Z: the clocks of Paris change two days later
constexpr Millis kMinute = 60'000;

struct Filter {
  string query;
  std::function<bool(const json& data)> keeps;
};

class Filters : public Asking {
 protected:
  // What is sent has a member that the vendor does not know, "at": the instant as the scan reads it.
  // The same data in every run and on every machine: the engine's numbers are fixed, the distributions' are not.
  std::size_t below(std::size_t bound) { return random_() % bound; }
  template <typename T>
  const T& one_of(const vector<T>& values) {
    return values[below(values.size())];
  }
  bool one_in(std::size_t n) { return below(n) == 0; }

  void receive_calls(int count) {
    const vector<string> callers = {"+14155550100", "+14155550101", "anonymous", "+33184800000", "38600"};
    const vector<string> lines = {"+33184800000", "+33184800001"};
    for (int n = 0; n < count; ++n) {
      const Millis at = kStart + static_cast<Millis>(below(4000)) * kMinute;
      json data = {{"id", "cll_" + std::to_string(n)},
                   {"start_date", format_instant(at)},
                   {"at", at},
                   {"from_number", one_of(callers)},
                   {"to", one_of(lines)},
                   {"type", one_in(3) ? "OUTBOUND" : "INBOUND"},
                   {"length_in_minutes", static_cast<double>(below(40)) / 4}};
      if (!one_in(4)) data["result"] = one_in(3) ? "VOICEMAIL" : "ANSWERED";
      if (one_in(3)) data["tag"] = one_in(2) ? "to_call_back" : "interested";
      if (!one_in(3)) data["user_email"] = one_in(2) ? "lea@example.org" : "noe@example.org";
      if (one_in(2)) data["recording_url"] = "https://storage.withallo.com/" + std::to_string(n);
      if (one_in(2)) data["data_collected"] = {{"guests", one_in(2) ? json(4) : json("four: all")}, {"vip", one_in(2)}};
      if (one_in(2)) data["summary"] = "Summary " + std::to_string(n);
      if (one_in(2)) data["transcriptions"] = json::array({{{"source", "USER"}, {"text", "Hello"}}});
      receive({{"topic", "CALL_RECEIVED"}, {"data", data}});
      sent_.push_back(std::move(data));
    }
    receive({{"topic", "CONTACT_CREATED"}, {"data", {{"id", "con_1"}, {"numbers", {"(415) 555-0101", "38600"}}}}});
  }

  void receive_messages(int count) {
    const vector<string> parties = {"+14155550100", "+14155550101", "ACME", "+33184800000"};
    for (int n = 0; n < count; ++n) {
      const Millis at = kStart + static_cast<Millis>(below(4000)) * kMinute;
      json data = {{"id", "msg_" + std::to_string(n)},
                   {"sent_at", format_instant(at)},
                   {"at", at},
                   {"from_number", one_of(parties)},
                   {"to_number", one_of(parties)},
                   {"direction", one_in(2) ? "OUTBOUND" : "INBOUND"},
                   {"type", one_in(4) ? "MMS" : "SMS"},
                   {"content", "Text " + std::to_string(n)}};
      receive({{"topic", "SMS_RECEIVED"}, {"data", data}});
      sent_.push_back(std::move(data));
    }
  }

  // The ids of all pages; `at` must never grow from row to row.
  vector<string> walk(const string& route, const string& query, const char* at) {
    vector<string> ids;
    string last = "9999";
    string cursor;
    do {
      const auto list = ask(route + "?limit=37&" + query + cursor);
      for (const auto& row : list["data"]) {
        ids.push_back(row["id"]);
        EXPECT_LE(row[at], last) << query;
        last = row[at];
      }
      cursor = list["page"]["has_more"] ? "&cursor=" + list["page"]["next_cursor"].get<string>() : "";
    } while (!cursor.empty());
    return ids;
  }

  void expect_scan(const string& route, const string& query, const char* at, const vector<const Filter*>& filters) {
    vector<string> expected;
    for (const auto& data : sent_) {
      const bool keeps =
          std::all_of(filters.begin(), filters.end(), [&](const Filter* filter) { return filter->keeps(data); });
      if (keeps) expected.push_back(data["id"]);
    }
    EXPECT_THAT(walk(route, query, at), ::testing::UnorderedElementsAreArray(expected)) << route << '?' << query;
    EXPECT_EQ(ask(route + "?limit=1&count=exact&" + query)["page"]["total"], expected.size()) << route << '?' << query;
  }

  void expect_scans(const string& route, const char* at, const vector<Filter>& filters) {
    expect_scan(route, "", at, {});
    for (auto first = filters.begin(); first != filters.end(); ++first) {
      expect_scan(route, first->query, at, {&*first});
      for (auto second = first + 1; second != filters.end(); ++second) {
        if (first->query.substr(0, first->query.find('=')) == second->query.substr(0, second->query.find('=')))
          continue;
        expect_scan(route, first->query + '&' + second->query, at, {&*first, &*second});
      }
    }
  }

 private:
  std::mt19937 random_{20240331};
  vector<json> sent_;
};

auto is(const char* member, const char* value) {
  return [=](const json& data) { return data.value(member, "") == value; };
}
auto has(const char* member) {
  return [=](const json& data) { return data.contains(member); };
}
auto collected(const char* key, json value) {
  return [=](const json& data) { return data.contains("data_collected") && data["data_collected"][key] == value; };
}
template <typename Keeps>
auto with_number(const char* to, Keeps keeps) {
  return [=](const json& data) { return keeps(data["from_number"]) || keeps(data[to]); };
}
auto among(vector<string> numbers) {
  return [numbers = std::move(numbers)](const string& number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
  };
}
auto from(Millis since) {
  return [=](const json& data) { return data["at"] >= since; };
}
auto before(Millis until) {
  return [=](const json& data) { return data["at"] < until; };
}
auto longer(int seconds) {
  return [=](const json& data) { return data["length_in_minutes"].get<double>() * 60 >= seconds; };
}
auto shorter(int seconds) {
  return [=](const json& data) { return data["length_in_minutes"].get<double>() * 60 <= seconds; };
}

TEST_F(Filters, OfCallsFindWhatAScanFinds) {
  receive_calls(400);
  expect_scans("/v1/calls", "started_at",
               {{"number=415-555-0100", with_number("to", among({"+14155550100"}))},
                {"number=anonymous", with_number("to", among({"anonymous"}))},
                {"number=38600&number=+14155550101", with_number("to", among({"38600", "+14155550101"}))},
                {"number=+33184800000", with_number("to", among({"+33184800000"}))},
                {"number=+14155559999", with_number("to", among({}))},
                {"contact_id=con-1", with_number("to", among({"+14155550101", "38600"}))},
                {"contact_id=con_unknown", with_number("to", among({}))},
                {"direction=outbound", is("type", "OUTBOUND")},
                {"direction=sideways", is("type", "SIDEWAYS")},
                {"result=Voicemail", is("result", "VOICEMAIL")},
                {"tag=interested", is("tag", "interested")},
                {"tag=Interested", is("tag", "Interested")},
                {"user_email=noe@example.org", is("user_email", "noe@example.org")},
                {"since=2024-03-31&tz=Europe/Paris", from(1'711'839'600'000)},
                {"until=2024-04-01T00:00:00%2B02:00", before(1'711'922'400'000)},
                {"min_duration=300", longer(300)},
                {"max_duration=299", shorter(299)},
                {"collected=guests:4", collected("guests", 4)},
                {"collected=guests:four:%20all", collected("guests", "four: all")},
                {"collected=guests:four", collected("guests", "four")},
                {"collected=vip:true&collected=guests:4",
                 [](const json& data) { return collected("vip", true)(data) && collected("guests", 4)(data); }},
                {"has=recording_link", has("recording_url")},
                {"has=transcript,summary",
                 [](const json& data) { return data.contains("transcriptions") && data.contains("summary"); }}});
}

TEST_F(Filters, OfMessagesFindWhatAScanFinds) {
  receive_messages(300);
  expect_scans("/v1/messages", "sent_at",
               {{"number=415-555-0100", with_number("to_number", among({"+14155550100"}))},
                {"number=acme", with_number("to_number", among({"ACME"}))},
                {"number=acme&number=+33184800000", with_number("to_number", among({"ACME", "+33184800000"}))},
                {"direction=inbound", is("direction", "INBOUND")},
                {"type=mms", is("type", "MMS")},
                {"since=2024-03-31&tz=Europe/Paris", from(1'711'839'600'000)},
                {"until=2024-04-01T00:00:00%2B02:00", before(1'711'922'400'000)}});
}

TEST_F(Filters, TimelineIsAllThatANumberTookPartIn) {
  receive_calls(150);
  receive_messages(150);
  for (const string bounds : {"", "&since=2024-03-31&until=2024-04-01&tz=Europe/Paris"}) {
    for (const string number : {"+14155550100", "+33184800000"}) {
      vector<string> separate;
      for (const char* kind : {"/calls", "/messages"}) {
        const char* at = string(kind) == "/calls" ? "started_at" : "sent_at";
        for (const auto& id : walk("/v1/numbers/" + number + kind, bounds, at)) separate.push_back(id);
      }
      vector<string> together;
      string cursor;
      do {
        const auto list = ask("/v1/numbers/" + number + "/timeline?limit=13" + bounds + cursor);
        for (const auto& item : list["data"]) together.push_back(item[item["kind"].get<string>()]["id"]);
        cursor = list["page"]["has_more"] ? "&cursor=" + list["page"]["next_cursor"].get<string>() : "";
      } while (!cursor.empty());
      EXPECT_THAT(together, ::testing::UnorderedElementsAreArray(separate)) << number << bounds;
      EXPECT_FALSE(together.empty()) << number << bounds;
    }
  }
}

}  // namespace
}  // namespace callarchive::test
