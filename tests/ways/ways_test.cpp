#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <random>
#include <sstream>

// One query by every way: over REST, on the command line, as an assistant's tool and in the vendor's shape. All must
// name the same calls in the same order.

namespace callarchive::process {
namespace {

using Json = nlohmann::json;
using Ids = std::vector<std::string>;
using Parameters = std::vector<std::pair<std::string, std::string>>;
using test::TemporaryFolder;

constexpr int kQueries = 200;
constexpr int kEvents = 1500;

std::string encoded(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string target;
  for (const unsigned char c : text) {
    target += '%';
    target += kHex[c >> 4];
    target += kHex[c & 15];
  }
  return target;
}

// The one before it, waiting for the next second where the program says that there were too many.
template <typename Send>
Json answered(Send send) {
  for (;;) {
    const Answer answer = send();
    if (answer.status == 429) continue;
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body);
  }
}

class Ways : public testing::Test {
 protected:
  static std::string database(const TemporaryFolder& folder) {
    auto path = folder.file("archive.db");
    import_generated(path, kEvents);
    return path;
  }

  Ids over_rest(const Parameters& query) const {
    std::string target = "/v1/calls?limit=500";
    for (const auto& [name, value] : query) target += "&" + name + "=" + encoded(value);
    Ids ids;
    for (std::string cursor;;) {
      const Json page = service_.ask(target + cursor);
      for (const auto& row : page.at("data")) ids.push_back(row.at("id"));
      if (!page.at("page").at("has_more")) return ids;
      cursor = "&cursor=" + page.at("page").at("next_cursor").get<std::string>();
    }
  }

  Ids on_the_command_line(const Parameters& query) const {
    std::vector<std::string> arguments = {"calls", "--db", path_, "--json", "--all"};
    for (auto [name, value] : query) {
      for (char& c : name) c = c == '_' ? '-' : c;
      arguments.push_back("--" + name + "=" + value);
    }
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    Ids ids;
    std::istringstream lines(ended.out);
    for (std::string line; std::getline(lines, line);) ids.push_back(Json::parse(line).at("id"));
    return ids;
  }

  Ids as_a_tool(const Parameters& query) const {
    Json arguments = {{"limit", 50}};
    for (const auto& [name, value] : query) {
      if (name == "number" || name == "has") arguments[name].push_back(value);
      else if (name.ends_with("_duration")) arguments[name] = std::stoi(value);
      else arguments[name] = value;
    }
    Ids ids;
    for (;;) {
      const Json message = {{"jsonrpc", "2.0"},
                            {"id", 1},
                            {"method", "tools/call"},
                            {"params", {{"name", "search_calls"}, {"arguments", arguments}}}};
      const Json result = answered([&] {
                            return service_.post(message.dump(), "Content-Type: application/json\r\n", "/mcp");
                          }).at("result");
      EXPECT_FALSE(result.contains("isError")) << result;
      const Json& page = result.at("structuredContent");
      for (const auto& row : page.at("data")) ids.push_back(row.at("id"));
      if (page.at("next").is_null()) return ids;
      arguments["cursor"] = page.at("next");
    }
  }

  Ids in_the_vendors_shape(const Parameters& query) const {
    Json body = {{"type", "CALL"}, {"size", 100}};
    for (const auto& [name, value] : query) {
      if (name == "number") body["contact_number"] = value;
      else if (name == "user_email") body["user_id"] = value;
      else if (name == "tag") body["tags"] = {value};
      else if (name == "q") body["search"] = value;
      else if (name == "has") body["has_recording"] = true;
      else if (name == "since") body["date"]["from"] = value;
      else if (name == "until") body["date"]["to"] = value.substr(0, 8) + "14";  // the last day, not the first after it
      else body[name] = value;
    }
    Ids ids;
    for (int page = 1;; ++page) {
      body["page"] = page;
      const Json answer = answered([&] {
        return service_.post(body.dump(), "Content-Type: application/json\r\n", "/v2/api/conversations/items/search");
      });
      for (const auto& row : answer.at("data")) ids.push_back(row.at("id"));
      if (answer.at("pagination").at("has_more")) continue;
      EXPECT_EQ(answer.at("pagination").at("total_count"), ids.size());
      return ids;
    }
  }

  const TemporaryFolder folder_;
  const std::string path_ = database(folder_);
  const Service service_{path_, {"--recordings", "off"}};
};

// Values that occur, so that most queries find something.
struct Values {
  std::vector<std::string> numbers, results, tags, users, words, months;

  explicit Values(const Json& calls) {
    for (const auto& call : calls) {
      for (const char* side : {"from_number", "to_number"}) add(numbers, call.at(side));
      add(results, call.at("result"));
      add(users, call.at("user_email"));
      for (const auto& tag : call.at("tags")) add(tags, tag);
      if (call.at("started_at").is_string()) add(months, call.at("started_at").get<std::string>().substr(0, 8));
      if (call.at("summary").is_string()) {
        std::istringstream text(call.at("summary").get<std::string>());
        for (std::string word; text >> word;) {
          if (word.size() > 4 && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos)
            words.push_back(word);
        }
      }
    }
  }
  static void add(std::vector<std::string>& values, const Json& value) {
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) values.push_back(value);
  }
};

TEST_F(Ways, AllNameTheSameCalls) {
  const Values values(service_.ask("/v1/calls?limit=500").at("data"));
  ASSERT_FALSE(values.numbers.empty());
  std::mt19937 random(21);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  std::size_t found = 0, empty = 0;
  for (int i = 0; i < kQueries; ++i) {
    Parameters query;
    const auto maybe = [&](const char* name, const std::vector<std::string>& from, std::size_t one_in) {
      if (!from.empty() && below(one_in) == 0) query.emplace_back(name, from[below(from.size())]);
    };
    maybe("number", values.numbers, 2);
    maybe("direction", {"INBOUND", "OUTBOUND"}, 4);
    maybe("result", values.results, 4);
    maybe("tag", values.tags, 6);
    maybe("user_email", values.users, 6);
    maybe("q", values.words, 5);
    maybe("has", {"recording_link"}, 6);
    if (!values.months.empty() && below(4) == 0) {
      const auto month = values.months[below(values.months.size())];
      query.emplace_back("since", month + "03");
      query.emplace_back("until", month + "15");
    }
    std::string told;
    for (const auto& [name, value] : query) told += name + "=" + value + " ";
    SCOPED_TRACE(told);
    const Ids expected = over_rest(query);
    EXPECT_EQ(on_the_command_line(query), expected);
    EXPECT_EQ(as_a_tool(query), expected);
    EXPECT_EQ(in_the_vendors_shape(query), expected);
    found += expected.size();
    empty += expected.empty() ? 1 : 0;
    if (HasFailure()) break;
  }
  std::cout << kQueries << " queries by four ways, " << found << " ids, " << empty << " queries without any\n";
  EXPECT_LT(empty, static_cast<std::size_t>(kQueries) * 3 / 4);
}

}  // namespace
}  // namespace callarchive::process
