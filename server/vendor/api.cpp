#include "server/vendor/api.h"

#include "server/vendor/days.h"
#include "server/vendor/json_pieces.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::vendor {
namespace {

using nlohmann::json;
using std::string_view;

// The documented spelling first.
constexpr const char* kSorts[] = {"DATE_ASC", "OLDEST", "DATE"};
constexpr const char* kTextKinds[] = {"SMS", "TEXT_MESSAGE"};

json parse(string_view text) {
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded()) throw VendorError("the vendor's answer is not JSON");
  return value;
}

vector<string> copies(const vector<string_view>& pieces) { return {pieces.begin(), pieces.end()}; }

optional<std::int64_t> integer_of(string_view text) {
  const auto value = json::parse(text, nullptr, false);
  return value.is_number() ? optional(value.get<std::int64_t>()) : std::nullopt;
}

string text_of(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<string>() : "";
}

string encoded(const string& text) {
  constexpr const char* kHex = "0123456789ABCDEF";
  string result;
  for (const unsigned char c : text) {
    const bool is_plain =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (is_plain) result += static_cast<char>(c);
    else result += {'%', kHex[c >> 4], kHex[c & 15]};
  }
  return result;
}

// Of version 2: {"data": [...], "pagination": {page, size, total_count, total_pages, has_more}}.
PageOfItems page_of(const string& body) {
  parse(body);
  PageOfItems page{.items = copies(elements_of(member_of(body, "data")))};
  const auto pagination = member_of(body, "pagination");
  page.total = integer_of(member_of(pagination, "total_count"));
  page.has_more = member_of(pagination, "has_more") == "true";
  return page;
}

// A refusal that the spelling of a word may be the reason for.
bool may_be_a_word(const VendorError& error, const char* param) {
  const auto& reply = error.reply;
  if (reply.status != 400 && reply.status != 422) return false;
  for (const char* other : {"DATE_RANGE_TOO_WIDE", "INVALID_DATE_RANGE", "MISSING_ALLO_NUMBER", "INVALID_PAGE_SIZE"}) {
    if (reply.code == other) return false;
  }
  return reply.param.empty() || reply.param == param;
}

}  // namespace

bool Me::may(const string& scope) const {
  return !is_known || std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

Me Api::find_me() {
  Me me;
  string body;
  try {
    body = client_.get("/v2/api/me");
  } catch (const VendorError& error) {
    if (error.reply.status == 404 || error.reply.status == 403) return me;
    throw;
  }
  const auto answer = parse(body);
  const auto& data = answer.is_object() && answer.contains("data") ? answer["data"] : answer;
  if (!data.is_object()) return me;
  if (const auto scopes = data.find("scopes"); scopes != data.end() && scopes->is_array()) {
    me.is_known = true;
    for (const auto& scope : *scopes) {
      if (scope.is_string()) me.scopes.push_back(scope.get<string>());
    }
  }
  if (const auto limits = data.find("rate_limits"); limits != data.end() && limits->is_object()) {
    const auto rate = [&](const char* key) {
      const auto found = limits->find(key);
      return found != limits->end() && found->is_number() ? found->get<double>() : 0.0;
    };
    const double reads = rate("read_per_second"), others = rate("write_per_second");
    if (reads > 0 && others > 0) client_.options().limiter->set_rates(reads, others);
  }
  return me;
}

vector<string> Api::find_all(const string& what) { return page_of(client_.get("/v2/api/" + what)).items; }

std::int64_t Api::count(const Search& wanted) {
  const auto page = search(wanted, 1, 1);
  if (!page.total) throw VendorError("POST /v2/api/conversations/items/search: the answer has no total_count");
  return *page.total;
}

PageOfItems Api::find_items(const Search& wanted, int page, int size) { return search(wanted, page, size); }

PageOfItems Api::search(const Search& wanted, int page, int size) {
  for (;;) {
    json body = {{"type", wanted.is_about_calls ? "CALL" : kTextKinds[text_kind_]},
                 {"sort", kSorts[sort_]},
                 {"page", page},
                 {"size", size},
                 {"extend", "transcript"}};
    if (size == 1) body.erase("extend");
    if (!wanted.line.empty()) body["allo_number"] = wanted.line;
    if (wanted.first_day) body["date"] = {{"from", day_text(*wanted.first_day)}, {"to", day_text(*wanted.last_day)}};
    try {
      return page_of(client_.post("/v2/api/conversations/items/search", body.dump()));
    } catch (const VendorError& error) {
      if (sort_ + 1 < std::size(kSorts) && may_be_a_word(error, "sort")) ++sort_;
      else if (!wanted.is_about_calls && text_kind_ + 1 < std::size(kTextKinds) && may_be_a_word(error, "type")) {
        ++text_kind_;
      } else throw;
    }
  }
}

vector<string> Api::find_by_id(const vector<string>& ids) {
  return page_of(client_.post("/v2/api/conversations/items/batch", json{{"ids", ids}}.dump())).items;
}

PageOfItems Api::find_people(int page) {
  const json body = {{"page", page}, {"size", kPageSize}, {"sort", "DATE_DESC"}};
  return page_of(client_.post("/v2/api/crm/people/search", body.dump()));
}

// {"data": {"results": [...], "metadata": {total_pages, current_page}}}; the counts may be under "pagination" inside
// the metadata, and all of it in one more "data".
PageOfItems Api::get_v1(const string& path, int number) {
  const string body = client_.get(path + (path.find('?') == string::npos ? "?" : "&") +
                                  "page=" + std::to_string(number) + "&size=" + std::to_string(kPageSize));
  parse(body);
  auto data = member_of(body, "data");
  if (const auto inner = member_of(data, "data"); !inner.empty()) data = inner;
  PageOfItems page{.items = copies(elements_of(member_of(data, "results")))};
  auto metadata = member_of(data, "metadata");
  if (const auto inner = member_of(metadata, "pagination"); !inner.empty()) metadata = inner;
  const auto pages = integer_of(member_of(metadata, "total_pages"));
  page.has_more = !page.items.empty() && (!pages || number + 1 < *pages);
  return page;
}

vector<string> Api::find_v1_numbers() { return page_of(client_.get("/v1/api/numbers")).items; }

PageOfItems Api::find_v1_calls(const string& line, int page) {
  return get_v1("/v1/api/calls?allo_number=" + encoded(line), page);
}

PageOfItems Api::find_v1_contacts(int page) { return get_v1("/v1/api/contacts", page); }

PageOfItems Api::find_v1_conversation(const string& contact_id, int page) {
  return get_v1("/v1/api/contact/" + encoded(contact_id) + "/conversation", page);
}

vector<Line> lines_of(const vector<string>& bodies) {
  vector<Line> lines;
  for (const auto& body : bodies) {
    const auto number = json::parse(body, nullptr, false);
    Line line{.number = text_of(number, "number"), .name = text_of(number, "name")};
    // A sender's name has no number: it is the line itself.
    if (line.number.empty()) line.number = line.name;
    const bool is_known =
        std::any_of(lines.begin(), lines.end(), [&](const Line& l) { return l.number == line.number; });
    if (!line.number.empty() && !is_known) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace callarchive::vendor
