#include "tests/vendor/seeded_vendor.h"

#include "server/http/url.h"
#include "server/text/time_text.h"
#include "server/vendor/days.h"

#include <algorithm>
#include <random>

namespace callarchive::vendor::testing {
namespace {

constexpr Millis kEnd = 1'778'544'000'000;  // 2026-05-12

string zoned(Millis at) { return format_instant(at / 1000 * 1000).substr(0, 19) + "Z"; }
string zoneless(Millis at) { return zoned(at).substr(0, 19); }

json error_v2(const string& type, const string& code, const string& param = {}) {
  json error = {{"type", type}, {"code", code}, {"message", "no"}, {"retryable", false}};
  if (!param.empty()) error["param"] = param;
  return {{"error", error}};
}
json error_v1(const string& code) { return {{"code", code}, {"details", nullptr}}; }

json page_v2(const std::vector<json>& all, int page, int size, std::int64_t total) {
  json data = json::array();
  const auto begin = static_cast<std::size_t>(page - 1) * static_cast<std::size_t>(size);
  for (std::size_t i = begin; i < std::min(all.size(), begin + static_cast<std::size_t>(size)); ++i)
    data.push_back(all[i]);
  const auto pages = (total + size - 1) / size;
  return {
      {"data", data},
      {"pagination",
       {{"page", page}, {"size", size}, {"total_count", total}, {"total_pages", pages}, {"has_more", page < pages}}}};
}

json page_v1(const std::vector<json>& all, int page, int size, bool is_flat) {
  json results = json::array();
  const auto begin = static_cast<std::size_t>(page) * static_cast<std::size_t>(size);
  for (std::size_t i = begin; i < std::min(all.size(), begin + static_cast<std::size_t>(size)); ++i) {
    results.push_back(all[i]);
  }
  const json numbers = {
      {"total_pages", (all.size() + static_cast<std::size_t>(size) - 1) / static_cast<std::size_t>(size)},
      {"current_page", page}};
  return {{"data", {{"results", results}, {"metadata", is_flat ? numbers : json{{"pagination", numbers}}}}}};
}

}  // namespace

string SeedItem::v2_result() const { return result.starts_with("TRANSFERRED") ? "TRANSFERRED" : result; }

SeededVendor::SeededVendor(std::uint64_t seed, int item_count, int person_count, int line_count, std::int64_t days) {
  for (int i = 1; i <= line_count; ++i) lines.push_back("+331848000" + string(i < 10 ? "0" : "") + std::to_string(i));
  std::mt19937_64 random(seed);
  const auto pick = [&](std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random);
  };
  const std::vector<string> results = {"ANSWERED", "VOICEMAIL", "TRANSFERRED_AI", "TRANSFERRED_EXTERNAL", "CLOSED"};
  for (int i = 0; i < person_count; ++i) {
    SeedPerson person{.id = "per-" + std::to_string(1000 + i), .name = "Anna " + std::to_string(i)};
    person.numbers = {"+336123400" + std::to_string(10 + i % 90)};
    if (pick(2) != 0) person.last_name = "Roux";
    if (pick(2) != 0) person.emails = {"anna" + std::to_string(i) + "@example.com"};
    if (pick(3) == 0) person.company = "Acme " + std::to_string(pick(5));
    if (pick(4) == 0) person.job_title = "Buyer";
    people.push_back(std::move(person));
  }
  for (int i = 0; i < item_count; ++i) {
    SeedItem item;
    item.is_call = pick(2) == 0;
    item.id = (item.is_call ? "cll-" : "msg-") + std::to_string(100'000 + i);
    item.at = kEnd - pick(days * 86'400) * 1000 - 750;
    item.direction = pick(2) == 0 ? "INBOUND" : "OUTBOUND";
    item.line = lines[static_cast<std::size_t>(pick(line_count))];
    item.contact = "+336123400" + std::to_string(10 + pick(90));
    item.contact_name = "Anna";
    item.user = "user" + std::to_string(pick(3)) + "@example.com";
    if (item.is_call) {
      item.seconds = 5 + pick(900);
      item.result = results[static_cast<std::size_t>(pick(5))];
      if (pick(3) != 0) item.summary = "Summary number " + std::to_string(i);
      if (pick(2) != 0) item.tags = {"vip"};
      if (pick(4) == 0) item.tags.push_back("to_call_back");
      for (std::int64_t n = pick(4); n > 0; --n) {
        item.transcript.push_back(
            {pick(2) == 0 ? "USER" : "EXTERNAL", item.at + n * 1000, "word " + std::to_string(pick(99))});
      }
    } else {
      item.content = "Hello number " + std::to_string(i);
    }
    items.push_back(std::move(item));
  }
  http.on("/*", [this](const Seen& seen, Line& line) { answer(seen, line); });
}

SeedItem& SeededVendor::item(const string& id) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const SeedItem& item) { return item.id == id; });
  if (found == items.end()) throw std::runtime_error("no item " + id);
  return *found;
}

ClientOptions SeededVendor::client_options() const {
  const auto rules = http.rules();
  return {.url = rules.vendor_url,
          .key = "ak_live_test",
          .transfer = rules.transfer,
          .limiter = std::make_shared<Limiter>(100'000, 100'000),
          .first_wait = std::chrono::milliseconds(1),
          .longest_wait = std::chrono::milliseconds(2)};
}

void SeededVendor::answer(const Seen& seen, Line& line) {
  const std::lock_guard lock(mutex_);
  const int served = ++served_;
  if (odd.fails_every > 0 && served % odd.fails_every == 0) {
    switch (served / odd.fails_every % 3) {
      case 0:
        return line.answer(500, R"({"error":{"type":"server_error","code":"INTERNAL_SERVER_ERROR","retryable":true}})");
      case 1: return line.answer(503, "<html>later</html>");
      default: return line.answer(429, R"({"error":{"type":"rate_limit_error","code":"RATE_LIMIT_EXCEEDED"}})");
    }
  }
  if (odd.refuses_key) {
    return line.answer(401, R"({"error":{"type":"authentication_error","code":"API_KEY_INVALID","retryable":false}})");
  }
  int status = 200;
  const json body = seen.path.starts_with("/v1/") ? answer_v1(seen, status) : answer_v2(seen, status);
  line.answer(status, body.dump(), "X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 3\r\nX-RateLimit-Reset: 1\r\n");
}

json SeededVendor::answer_v2(const Seen& seen, int& status) {
  const auto may = [&](const char* scope) {
    return std::find(odd.scopes.begin(), odd.scopes.end(), scope) != odd.scopes.end();
  };
  const auto denied = [&] {
    status = 403;
    return error_v2("permission_error", "API_KEY_INSUFFICIENT_SCOPE");
  };
  const string path = seen.path.substr(0, seen.path.find('?'));
  if (path == "/v2/api/me") {
    json data = {{"api_key_id", "api-1"},
                 {"rate_limits", {{"read_per_second", odd.rate}, {"write_per_second", odd.rate}}}};
    if (odd.tells_scopes) data["scopes"] = odd.scopes;
    return {{"data", data}};
  }
  if (path == "/v2/api/numbers") {
    if (!may("PHONE_NUMBERS_READ")) return denied();
    json data = json::array({{{"name", "ALLO"}, {"type", "SENDER_ID"}}});
    for (const auto& number : lines) data.push_back({{"number", number}, {"name", "Line"}, {"type", "NUMBER"}});
    return {{"data", data}};
  }
  if (path == "/v2/api/users") {
    if (!may("USERS_READ")) return denied();
    return {{"data", json::array({{{"id", "usr-1"}, {"name", "U"}, {"email", "user0@example.com"}}})}};
  }
  if (path == "/v2/api/tags") {
    if (!may("TAGS_READ")) return denied();
    return {{"data", json::array({{{"id", "tag-1"}, {"name", "vip"}, {"color", "red"}}})}};
  }
  const json body = json::parse(seen.body, nullptr, false);
  if (path == "/v2/api/conversations/items/search") return may("CONVERSATIONS_READ") ? search(body, status) : denied();
  if (path == "/v2/api/conversations/items/batch") {
    if (!may("CONVERSATIONS_READ")) return denied();
    json data = json::array();
    for (const auto& item : items) {
      const auto& ids = body["ids"];
      const bool is_wanted = std::find(ids.begin(), ids.end(), item.id) != ids.end();
      if (is_wanted && !odd.hidden.contains(item.id)) data.push_back(v2_item(item, false));
    }
    return {{"data", data}};
  }
  if (path == "/v2/api/crm/people/search") {
    if (!may("CRM_READ")) return denied();
    if (before_people) before_people(body["page"]);
    std::vector<json> all;
    for (const auto& person : people) all.push_back(v2_person(person));
    return page_v2(all, body["page"], body["size"], static_cast<std::int64_t>(all.size()));
  }
  status = 404;
  return error_v2("not_found_error", "ENDPOINT_NOT_FOUND");
}

json SeededVendor::search(const json& body, int& status) {
  status = 400;
  const string sort = body.value("sort", "DATE_DESC"), type = body.value("type", "ALL");
  if (sort != (odd.wants_oldest ? "OLDEST" : "DATE_ASC")) {
    return error_v2("validation_error", "INVALID_REQUEST_BODY", "sort");
  }
  if (type != "CALL" && type != (odd.wants_text_message ? "TEXT_MESSAGE" : "SMS")) {
    return error_v2("validation_error", "INVALID_REQUEST_BODY", "type");
  }
  string from, to;
  if (const auto date = body.find("date"); date != body.end()) {
    from = (*date)["from"];
    to = (*date)["to"];
    const auto days = (*parse_instant(to + "T00:00:00Z") - *parse_instant(from + "T00:00:00Z")) / kDay + 1;
    if (odd.most_days > 0 && days > odd.most_days) return error_v2("validation_error", "DATE_RANGE_TOO_WIDE", "date");
  }
  if (!body.contains("allo_number")) return error_v2("validation_error", "MISSING_ALLO_NUMBER");
  status = 200;
  const int page = body["page"], size = body["size"];
  if (size > 1 && before_page) before_page(pages_++);
  const string line = body["allo_number"];
  std::vector<SeedItem> found;
  for (const auto& item : items) {
    if (item.line != line || item.is_call != (type == "CALL")) continue;
    const string day = day_text(day_of(item.at));
    if (from.empty() || (from <= day && day <= to)) found.push_back(item);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return std::tie(a.at, a.id) < std::tie(b.at, b.id); });
  std::vector<json> shown;
  for (const auto& item : found) {
    if (!odd.hidden.contains(item.id)) shown.push_back(v2_item(item, body.value("extend", "") == "transcript"));
  }
  return page_v2(shown, page, size, static_cast<std::int64_t>(found.size()));
}

json SeededVendor::answer_v1(const Seen& seen, int& status) {
  if (!odd.has_v1) {
    status = 403;
    return error_v1("API_KEY_INSUFFICIENT_SCOPE");
  }
  const auto mark = std::min(seen.path.find('?'), seen.path.size());
  const string path = seen.path.substr(0, mark);
  std::map<string, string> query;
  if (const auto read = http::parse_query(std::string_view(seen.path).substr(std::min(mark + 1, seen.path.size())))) {
    for (const auto& [name, value] : *read) query[name] = value;
  }
  const int page = query.contains("page") ? std::stoi(query["page"]) : 0;
  const int size = query.contains("size") ? std::stoi(query["size"]) : 10;
  auto sorted = items;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.at > b.at; });
  if (path == "/v1/api/numbers") {
    json data = json::array();
    for (const auto& number : lines) data.push_back({{"number", number}, {"is_shared_number", false}});
    return {{"data", data}};
  }
  if (path == "/v1/api/calls") {
    std::vector<json> calls;
    for (const auto& item : sorted) {
      if (item.is_call && item.line == query["allo_number"]) calls.push_back(v1_call(item));
    }
    json answer = page_v1(calls, page, size, true);
    return odd.wraps_twice ? json{{"data", answer}} : answer;
  }
  if (path == "/v1/api/contacts") {
    std::vector<json> all;
    for (const auto& person : people) {
      all.push_back({{"id", person.id},
                     {"name", person.name},
                     {"numbers", person.numbers},
                     {"is_archived", false},
                     {"last_name", person.last_name.empty() ? json() : json(person.last_name)},
                     {"company", person.company.empty() ? json() : json{{"id", nullptr}, {"name", person.company}}}});
    }
    return page_v1(all, page, size, false);
  }
  if (path.starts_with("/v1/api/contact/") && path.ends_with("/conversation")) {
    const string id = path.substr(16, path.size() - 16 - 13);
    std::vector<json> entries;
    for (const auto& person : people) {
      if (person.id != id) continue;
      for (const auto& item : sorted) {
        if (std::find(person.numbers.begin(), person.numbers.end(), item.contact) == person.numbers.end()) continue;
        if (item.is_call) entries.push_back({{"type", "CALL"}, {"call", v1_call(item)}});
        else {
          entries.push_back({{"type", "TEXT_MESSAGE"}, {"message", v1_message(item)}});
        }
      }
    }
    return page_v1(entries, page, size, false);
  }
  status = 400;
  return error_v1("CONTACT_NOT_FOUND");
}

json v2_item(const SeedItem& item, bool with_transcript) {
  json contacts = json::array();
  if (!item.contact_name.empty())
    contacts.push_back({{"id", "per-1"}, {"name", item.contact_name}, {"company", nullptr}});
  json object = {{"id", item.id},
                 {"type", item.is_call ? "CALL" : (item.id.back() % 2 == 0 ? "SMS" : "TEXT_MESSAGE")},
                 {"direction", item.direction},
                 {"allo_number", item.line},
                 {"contact_number", item.contact},
                 {"contacts", contacts},
                 {"user", {{"id", "usr-1"}, {"name", "U"}, {"email", item.user}}},
                 {"date", zoned(item.at)}};
  if (!item.is_call) {
    object["content"] = item.content;
    object["message_type"] = "SMS";
    object["status"] = "DELIVERED";
    for (const char* none : {"duration", "result", "recording_url", "summary", "tags", "transcript"})
      object[none] = nullptr;
    return object;
  }
  object["duration"] = item.seconds;
  object["result"] = item.v2_result();
  object["recording_url"] = nullptr;
  object["summary"] = item.summary.empty() ? json() : json(item.summary);
  object["tags"] = item.tags;
  object["transcript"] = nullptr;
  if (with_transcript) {
    object["transcript"] = json::array();
    for (const auto& entry : item.transcript) {
      object["transcript"].push_back({{"source", entry.source}, {"time", zoned(entry.time)}, {"text", entry.text}});
    }
  }
  return object;
}

json v2_person(const SeedPerson& person) {
  const auto or_null = [](const string& text) { return text.empty() ? json() : json(text); };
  return {{"id", person.id},
          {"name", person.name},
          {"last_name", or_null(person.last_name)},
          {"job_title", or_null(person.job_title)},
          {"website", nullptr},
          {"numbers", person.numbers},
          {"emails", person.emails},
          {"company", person.company.empty() ? json() : json{{"id", nullptr}, {"name", person.company}}},
          {"interactions", 3},
          {"created_at", "2026-01-01T10:00:00"},
          {"updated_at", "2026-01-02T10:00:00"}};
}

json v1_call(const SeedItem& call) {
  json object = {{"id", call.id},
                 {"from_number", call.from()},
                 {"to_number", call.to()},
                 {"length_in_minutes", static_cast<double>(call.seconds) / 60},
                 {"type", call.direction},
                 {"result", call.result},
                 {"summary", call.summary.empty() ? json("NOT AVAILABLE") : json(call.summary)},
                 {"tag", call.tags.empty() ? json() : json(call.tags.front())},
                 {"tags", call.tags},
                 {"recording_url", nullptr},
                 {"start_date", zoneless(call.at)},
                 {"transcript", json::array()}};
  double second = 1;
  for (const auto& entry : call.transcript) {
    object["transcript"].push_back({{"source", entry.source},
                                    {"time", zoneless(entry.time)},
                                    {"text", entry.text},
                                    {"start_seconds", second},
                                    {"end_seconds", second + 1}});
    second += 2;
  }
  return object;
}

json v1_message(const SeedItem& text) {
  return {{"from_number", text.from()},
          {"to_number", text.to()},
          {"type", text.direction},
          {"content", text.content},
          {"start_date", zoneless(text.at)}};
}

Millis sent_at(const SeedItem& item) { return item.at + item.seconds * 1000 + 30'000; }

string webhook_of(const SeedItem& item) {
  json data = {{"id", item.id}, {"from_number", item.from()}, {"user_email", item.user}};
  if (item.id.back() % 2 == 0) data["id"] = item.id.substr(0, 3) + '_' + item.id.substr(4);  // both spellings are met
  const bool is_outbound = item.direction == "OUTBOUND";
  data[is_outbound ? "to_name" : "from_name"] = "Anna of the webhook";
  if (!item.is_call) {
    data["to_number"] = item.to();
    data["direction"] = item.direction;
    data["type"] = "SMS";
    data["content"] = item.content;
    data["sent_at"] = format_instant(item.at);
  } else {
    data["to"] = item.to();
    data["type"] = item.direction;
    data["start_date"] = format_instant(item.at);
    data["length_in_minutes"] = static_cast<double>(item.seconds) / 60;
    data["length"] = std::to_string(item.seconds) + "s";
    data["result"] = item.result;
    if (!item.summary.empty()) data["summary"] = item.summary;
    data["one_sentence_summary"] = "In one sentence.";
    data["tags"] = item.tags;
    data["transcriptions"] = json::array();
    for (const auto& entry : item.transcript) {
      data["transcriptions"].push_back(
          {{"source", entry.source}, {"time", format_instant(entry.time)}, {"text", entry.text}});
    }
  }
  const char* topic = item.is_call ? "call.completed" : is_outbound ? "sms.sent" : "sms.received";
  return json{{"topic", topic}, {"version", "2.0"}, {"timestamp", format_instant(sent_at(item))}, {"data", data}}
      .dump();
}

string webhook_of(const SeedPerson& person) {
  json data = {{"id", person.id}, {"name", person.name}, {"numbers", person.numbers}, {"emails", person.emails}};
  if (!person.last_name.empty()) data["last_name"] = person.last_name;
  if (!person.job_title.empty()) data["job_title"] = person.job_title;
  if (!person.company.empty()) data["company"] = person.company;
  data["lead_source"] = "fair";
  return json{
      {"topic", "contact.updated"}, {"version", "2.0"}, {"timestamp", "2026-05-15T10:00:00.000Z"}, {"data", data}}
      .dump();
}

}  // namespace callarchive::vendor::testing
