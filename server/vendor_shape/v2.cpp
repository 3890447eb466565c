#include "server/api/local_date.h"
#include "server/api/query.h"
#include "server/clock.h"
#include "server/ingest/json_text.h"
#include "server/text/time_text.h"
#include "server/vendor_shape/recording_link.h"
#include "server/vendor_shape/shape.h"
#include "storage/items/item_key.h"
#include "storage/text/ascii.h"
#include "storage/text/words.h"

#include <algorithm>

namespace callarchive::vendor_shape {
namespace {

using http::Request;

constexpr Version kV2 = Version::v2;
constexpr std::size_t kMostOfABatch = 100;

// --- Bodies ---------------------------------------------------------------------------------------------------

// The body of a search; members that are not known are ignored, as the vendor does.
class Body {
 public:
  explicit Body(const Request& request) {
    if (ascii::trim(request.body).empty()) return;
    const auto report = ingest::parse_json(request.body, json_);
    if (!report.valid || report.too_deep || report.too_many || !json_.is_object()) {
      throw Refusal(400, "INVALID_REQUEST_BODY", "the body is not a JSON object");
    }
  }
  Body(const nlohmann::json& json) : json_(json.is_object() ? json : nlohmann::json::object()) {}

  optional<string> text(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end() || found->is_null()) return {};
    if (!found->is_string()) throw wrong(name, "a text");
    return found->get<string>();
  }
  optional<string> word(const char* name) const {
    auto found = text(name);
    if (found) found = ascii::upper(*found);
    return found;
  }
  optional<std::int64_t> whole(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end() || found->is_null()) return {};
    if (!found->is_number_integer()) throw wrong(name, "a whole number");
    return found->get<std::int64_t>();
  }
  bool is_true(const char* name) const {
    const auto found = json_.find(name);
    return found != json_.end() && *found == true;
  }
  vector<string> texts(const char* name) const {
    vector<string> found;
    const auto list = json_.find(name);
    if (list == json_.end() || list->is_null()) return found;
    if (!list->is_array()) throw wrong(name, "a list of texts");
    for (const auto& element : *list) {
      if (!element.is_string()) throw wrong(name, "a list of texts");
      found.push_back(element.get<string>());
    }
    return found;
  }
  Body object(const char* name) const {
    const auto found = json_.find(name);
    return Body(found == json_.end() ? nlohmann::json::object() : *found);
  }
  bool has(const char* name) const {
    const auto found = json_.find(name);
    return found != json_.end() && !found->is_null();
  }

 private:
  static Refusal wrong(const char* name, const char* expected) {
    return {400, "INVALID_REQUEST_BODY", string(name) + ": expected " + expected, name};
  }
  nlohmann::json json_ = nlohmann::json::object();
};

optional<string> number_in(optional<string> text) {
  if (text) text = api::restored_number(*text);
  return text;
}

constexpr Millis kDay = 24 * 3600 * 1000;

// A day, whose end is meant where it is the end of a period, or an instant.
optional<Millis> instant_in(const Body& date, const char* name, bool is_end) {
  const auto text = date.text(name);
  if (!text) return {};
  if (const auto day = api::start_of_day(*text, "UTC")) return is_end ? *day + kDay : *day;
  if (const auto instant = parse_instant(*text, kYearsOfQueries)) return is_end ? *instant + 1 : *instant;
  throw Refusal(400, "INVALID_DATE_RANGE", "date." + string(name) + ": expected a day such as 2026-03-01", "date");
}

// Both spellings that clients use: those of the documentation, and those of the live API.
void read_type(const optional<string>& type, ItemListFilter& filter) {
  if (!type || *type == "ALL") return;
  if (*type == "CALL") filter.messages = false;
  else if (*type == "SMS" || *type == "TEXT_MESSAGE") filter.calls = false;
  else throw Refusal(400, "INVALID_SEARCH_QUERY", "type: expected CALL, SMS or ALL", "type");
}

void read_result(const optional<string>& result, ItemListFilter& filter) {
  if (!result) return;
  filter.results = {*result};
  if (*result == "TRANSFERRED") filter.results.emplace_back("TRANSFERRED_AI");
}

ItemListFilter read_search(const Body& body) {
  for (const char* name : {"unread", "unresponded"}) {
    if (body.has(name)) {
      throw Refusal(400, "INVALID_SEARCH_QUERY", string(name) + ": the archive does not know what somebody has read",
                    name);
    }
  }
  ItemListFilter filter;
  filter.line = number_in(body.text("allo_number"));
  filter.contact = number_in(body.text("contact_number"));
  filter.user_email = body.text("user_id");
  filter.direction = body.word("direction");
  read_type(body.word("type"), filter);
  read_result(body.word("result"), filter);
  filter.tags = body.texts("tags");
  filter.has_recording_link = body.is_true("has_recording");
  filter.q = body.text("search");
  const Body date = body.object("date");
  filter.since = instant_in(date, "from", false);
  filter.until = instant_in(date, "to", true);
  if (filter.since && filter.until && *filter.since >= *filter.until) {
    throw Refusal(400, "INVALID_DATE_RANGE", "date: from is after to", "date");
  }
  return filter;
}

bool wants_transcript(const optional<string>& extend) { return is_extended(extend, "transcript"); }

// --- Answers --------------------------------------------------------------------------------------------------

Json list_of(Json rows, const Keys& all, const PageNumber& page) {
  const auto total = static_cast<std::int64_t>(all.size());
  return {{"data", std::move(rows)},
          {"pagination",
           {{"page", page.page},
            {"size", page.size},
            {"total_count", total},
            {"total_pages", total_pages(all, page)},
            {"has_more", page.begin + page.size < total}}}};
}

Json show_me(Shape&, const Request&) {
  Json scopes = Json::array(), endpoints = Json::array();
  for (const auto* operations : {&operations_v1(), &operations_v2()}) {
    for (const auto& operation : *operations) {
      const string scope = operation.scope;
      endpoints.push_back({{"method", operation.method},
                           {"path", operation.pattern},
                           {"description", operation.description},
                           {"scope", scope.empty() ? Json() : Json(scope)}});
      if (!scope.empty() && std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
    }
  }
  return {{"data",
           {{"api_key_id", nullptr},
            {"scopes", scopes},
            {"endpoints", endpoints},
            {"team", nullptr},
            {"rate_limits", {{"read_per_second", 200}, {"write_per_second", 0}}}}}};
}

Json user_object(const string& email) {
  return {{"id", email}, {"name", nullptr}, {"email", email}, {"role", nullptr}, {"status", nullptr}};
}

Json list_users(Shape& shape, const Request& request) {
  for (const char* name : {"role", "status"}) {
    const auto wanted = parameter(request, name);
    if (wanted && *wanted != "ACTIVE") {
      throw Refusal(400, "INVALID_SEARCH_QUERY", string(name) + ": the archive does not know it of users", name);
    }
  }
  Json users = Json::array();
  for (const auto& email : open_reader(shape).find_user_emails()) users.push_back(user_object(email));
  return {{"data", users}};
}

Json show_user(Shape& shape, const Request& request) {
  for (const auto& email : open_reader(shape).find_user_emails()) {
    if (ascii::equals_ignoring_case(email, request.path_parameters.at(0))) return {{"data", user_object(email)}};
  }
  throw Refusal(404, "USER_NOT_FOUND", "there is no such user");
}

Json list_numbers(Shape& shape, const Request&) {
  Reader reader = open_reader(shape);
  Json numbers = Json::array();
  for (const auto& line : reader.find_lines()) {
    const auto number = reader.find_number(line);
    const bool is_sender = number && number->kind == "alphanumeric";
    numbers.push_back({{"number", is_sender ? Json() : Json(line)},
                       {"name", is_sender ? Json(line) : Json()},
                       {"country", number && number->country ? Json(*number->country) : Json()},
                       {"type", is_sender ? "SENDER_ID" : "NUMBER"},
                       {"capabilities", Json::array()},
                       {"users", Json::array()}});
  }
  return {{"data", numbers}};
}

Json list_tags(Shape& shape, const Request&) {
  Json tags = Json::array();
  for (const auto& name : open_reader(shape).find_tag_names()) {
    tags.push_back({{"id", nullptr}, {"name", name}, {"color", nullptr}});
  }
  return {{"data", tags}};
}

Json list_conversations(Shape& shape, const Request& request) {
  const auto line = required(parameter(request, "allo_number"), "MISSING_ALLO_NUMBER", "allo_number");
  optional<Millis> since;
  if (const auto text = parameter(request, "last_activity_since")) {
    string restored = *text;  // the '+' of an offset may have arrived as a space
    std::replace(restored.begin(), restored.end(), ' ', '+');
    since = parse_instant(restored, kYearsOfQueries);
    if (!since)
      throw Refusal(400, "INVALID_DATE_RANGE", "last_activity_since: expected an instant", "last_activity_since");
  }
  if (parameter(request, "unread")) {
    throw Refusal(400, "INVALID_SEARCH_QUERY", "unread: the archive does not know what somebody has read", "unread");
  }
  const auto page = page_of(kV2, request);
  Reader reader = open_reader(shape);
  const Json name = {"conversations", line, since ? Json(*since) : Json()};
  const auto all = keys_of(shape, reader, name.dump(-1, ' ', false, Json::error_handler_t::replace),
                           [&] { return reader.find_conversation_keys(line, since); });
  RecordWriter writer(reader);
  Json rows = Json::array();
  for (const auto& newest : reader.find_items(keys_of_page(*all, page), false)) {
    rows.push_back(writer.conversation(newest));
  }
  return list_of(std::move(rows), *all, page);
}

Json search_items(Shape& shape, const Request& request) {
  const Body body(request);
  const auto filter = read_search(body);
  const auto page = page_of(kV2, body.whole("page"), body.whole("size"));
  const auto sort = body.word("sort").value_or("DATE_DESC");
  const bool with_transcript = wants_transcript(body.text("extend"));
  Reader reader = open_reader(shape);
  const auto all = item_keys(shape, reader, filter);
  const auto keys = keys_of_page(*all, page, sort == "DATE_ASC" || sort == "OLDEST");
  RecordWriter writer(reader);
  Json rows = Json::array();
  for (const auto& item : reader.find_items(keys, with_transcript)) rows.push_back(writer.item(item, with_transcript));
  return list_of(std::move(rows), *all, page);
}

// The call or message with an id, in either spelling.
optional<TimelineItem> find_item(Reader& reader, const string& id) {
  if (auto call = reader.find_call(id, true)) return TimelineItem{call->started_at.value_or(0), std::move(call), {}};
  if (auto message = reader.find_message(id)) {
    return TimelineItem{message->sent_at.value_or(0), {}, std::move(message)};
  }
  return {};
}

Refusal no_item(const string& id) {
  const bool is_possible = id.starts_with("cll") || id.starts_with("call") || id.starts_with("msg");
  if (!is_possible) return {400, "INVALID_ITEM_ID", "expected an id that begins with cll or msg", "id"};
  return {404, "CONVERSATION_ITEM_NOT_FOUND", "there is no item " + id};
}

Json show_item(Shape& shape, const Request& request) {
  const auto& id = request.path_parameters.at(0);
  Reader reader = open_reader(shape);
  const auto item = find_item(reader, id);
  if (!item) throw no_item(id);
  return {{"data", RecordWriter(reader).item(*item, wants_transcript(parameter(request, "extend")))}};
}

Json show_recording_link(Shape& shape, const Request& request) {
  const auto& id = request.path_parameters.at(0);
  if (id.starts_with("msg")) throw Refusal(400, "INVALID_ITEM_ID", "a message has no recording", "id");
  const auto call = open_reader(shape).find_call(id, false);
  if (!call) throw no_item(id);
  if (!call->recording || !call->recording->sound) {
    throw Refusal(404, "RECORDING_NOT_FOUND", "the archive has no recording of this call");
  }
  const auto expires = now() / 1000 + kLinkSeconds;
  const bool is_https = request.header("x-forwarded-proto") == "https";
  const string origin = (is_https ? "https://" : "http://") + string(request.header("host").value_or("localhost"));
  return {
      {"data", {{"url", origin + make_link(shape, call->id, expires)}, {"expires_at", instant_v2(expires * 1000)}}}};
}

Json batch_items(Shape& shape, const Request& request) {
  const auto ids = Body(request).texts("ids");
  if (ids.empty()) throw Refusal(400, "MISSING_PARAMETER", "ids is required", "ids");
  if (ids.size() > kMostOfABatch) throw Refusal(400, "BATCH_TOO_LARGE", "ids: expected at most 100", "ids");
  Reader reader = open_reader(shape);
  RecordWriter writer(reader);
  Json rows = Json::array();
  for (const auto& id : ids) {
    if (const auto item = find_item(reader, id)) rows.push_back(writer.item(*item, false));
  }
  return {{"data", rows}};
}

// Filters that would need what nobody told the archive.
void refuse_unknown(const Body& filters, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (filters.has(name))
      throw Refusal(400, "INVALID_SEARCH_QUERY", string(name) + ": cannot be asked of the archive", name);
  }
}

Json search_people(Shape& shape, const Request& request) {
  const Body body(request);
  const Body filters = body.object("filters");
  refuse_unknown(filters, {"job_title", "website", "deal_status"});
  ContactFilter filter;
  filter.name = filters.text("name");
  if (!filter.name) filter.name = filters.text("last_name");
  filter.company = filters.text("company");
  filter.email = filters.text("email");
  filter.number = number_in(filters.text("phone_number"));
  filter.q = body.text("search");
  const auto sort = body.word("sort").value_or("DATE_DESC");
  const auto order = sort.starts_with("NAME")      ? ContactOrder::name
                     : sort.starts_with("CREATED") ? ContactOrder::created
                                                   : ContactOrder::updated;
  const auto page = page_of(kV2, body.whole("page"), body.whole("size"));
  Reader reader = open_reader(shape);
  const Json name = {"people",
                     filter.name.value_or(""),
                     filter.company.value_or(""),
                     filter.email.value_or(""),
                     filter.number.value_or(""),
                     filter.q.value_or(""),
                     static_cast<int>(order)};
  const auto all = keys_of(shape, reader, name.dump(-1, ' ', false, Json::error_handler_t::replace),
                           [&] { return reader.find_contact_keys(filter, order); });
  RecordWriter writer(reader);
  Json rows = Json::array();
  for (const auto& contact : reader.load_contacts_of(keys_of_page(*all, page, !sort.ends_with("_ASC")))) {
    rows.push_back(writer.person(contact));
  }
  return list_of(std::move(rows), *all, page);
}

Json show_person(Shape& shape, const Request& request) {
  Reader reader = open_reader(shape);
  const auto contact = reader.find_contact(request.path_parameters.at(0));
  if (!contact) throw Refusal(404, "PERSON_NOT_FOUND", "there is no such person");
  return {{"data", RecordWriter(reader).person(*contact)}};
}

// --- Companies ------------------------------------------------------------------------------------------------

// Whether `a` comes before `b` in an order that rises.
bool comes_before(const string& sort, const CompanyRecord& a, const CompanyRecord& b) {
  if (sort.starts_with("NAME")) return a.name_key < b.name_key;
  return sort.starts_with("CREATED") ? a.created_at < b.created_at : a.updated_at < b.updated_at;
}

Json search_companies(Shape& shape, const Request& request) {
  const Body body(request);
  const Body filters = body.object("filters");
  refuse_unknown(filters, {"website", "industry"});
  const auto sort = body.word("sort").value_or("DATE_DESC");
  const auto wanted = folded(filters.text("name").value_or("")), search = folded(body.text("search").value_or(""));
  const auto page = page_of(kV2, body.whole("page"), body.whole("size"));
  Reader reader = open_reader(shape);
  const auto all = shape.companies.find(reader);
  Keys keys;  // places in `all`
  for (std::size_t i = 0; i < all->size(); ++i) {
    const auto& name = (*all)[i].folded_name;
    if (name.find(wanted) != string::npos && name.find(search) != string::npos)
      keys.push_back(static_cast<std::int64_t>(i));
  }
  const auto at = [&](std::int64_t key) -> const CompanyRecord& { return (*all)[static_cast<std::size_t>(key)]; };
  std::stable_sort(keys.begin(), keys.end(), [&](std::int64_t a, std::int64_t b) {
    return sort.ends_with("_ASC") ? comes_before(sort, at(a), at(b)) : comes_before(sort, at(b), at(a));
  });
  Json rows = Json::array();
  for (const auto key : keys_of_page(keys, page)) rows.push_back(RecordWriter::company(at(key)));
  return list_of(std::move(rows), keys, page);
}

Json show_company(Shape& shape, const Request& request) {
  Reader reader = open_reader(shape);
  const auto all = shape.companies.find(reader);
  const auto wanted = storage::comparable_id(request.path_parameters.at(0));
  const auto found =
      std::ranges::find_if(*all, [&](const auto& company) { return storage::comparable_id(company.id) == wanted; });
  if (found == all->end()) throw Refusal(404, "COMPANY_NOT_FOUND", "there is no such company");
  return {{"data", RecordWriter::company(*found)}};
}

}  // namespace

const std::vector<Operation>& operations_v2() {
  static const std::vector<Operation> kOperations = {
      {kV2, "GET", "/v2/api/me", "", "This key", show_me},
      {kV2, "GET", "/v2/api/users", "USERS_READ", "Users", list_users},
      {kV2, "GET", "/v2/api/users/{id}", "USERS_READ", "One user", show_user},
      {kV2, "GET", "/v2/api/numbers", "PHONE_NUMBERS_READ", "The lines", list_numbers},
      {kV2, "GET", "/v2/api/tags", "TAGS_READ", "Tags", list_tags},
      {kV2, "GET", "/v2/api/conversations", "CONVERSATIONS_READ", "Conversations of a line", list_conversations},
      {kV2, "POST", "/v2/api/conversations/items/search", "CONVERSATIONS_READ", "Search calls and messages",
       search_items},
      {kV2, "POST", "/v2/api/conversations/items/batch", "CONVERSATIONS_READ", "Items by id", batch_items},
      {kV2, "GET", "/v2/api/conversations/items/{id}", "CONVERSATIONS_READ", "One item", show_item},
      {kV2, "GET", "/v2/api/conversations/items/{id}/recording", "CONVERSATIONS_READ", "A link to a recording",
       show_recording_link},
      {kV2, "POST", "/v2/api/crm/people/search", "CRM_READ", "Search people", search_people},
      {kV2, "GET", "/v2/api/crm/people/{id}", "CRM_READ", "One person", show_person},
      {kV2, "POST", "/v2/api/crm/companies/search", "CRM_READ", "Search companies", search_companies},
      {kV2, "GET", "/v2/api/crm/companies/{id}", "CRM_READ", "One company", show_company},
  };
  return kOperations;
}

}  // namespace callarchive::vendor_shape
