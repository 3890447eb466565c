#include "server/api/search.h"

#include "server/api/answer.h"
#include "server/api/filters.h"

namespace callarchive::api {
namespace {

SearchFilter read_search_filter(Query& query) {
  SearchFilter filter{read_item_filter(query)};
  filter.numbers = query.numbers("number");
  filter.q = query.text("q").value_or("");
  if (filter.q.empty()) query.refuse("q", "expected words to search for");
  for (const auto& kind : query.words("kind", {"call", "message", "contact"})) {
    filter.kinds.push_back(kind == "call"      ? SearchKind::call
                           : kind == "message" ? SearchKind::message
                                               : SearchKind::contact);
  }
  if (query.one_of("sort", {"-at", "relevance"}) == "relevance") filter.sort = SearchSort::relevance;
  return filter;
}

void text_members(JsonWriter& json, const Excerpt& excerpt) {
  json.member("text", excerpt.text);
  json.key("ranges");
  json.begin_array();
  for (const auto& range : excerpt.ranges) {
    json.begin_array();
    json.value(range.begin);
    json.value(range.end);
    json.end_array();
  }
  json.end_array();
}

// A match in a transcript and one in a field have the same members, so that clients show them alike.
void match_to_json(JsonWriter& json, std::string_view field, const EntryMatch* entry, const Excerpt& excerpt) {
  json.begin_object();
  json.member("field", field);
  json.member("position", entry ? optional(entry->position) : optional<std::int64_t>());
  json.member("source", entry ? entry->source : optional<string>());
  json.member("start_seconds", entry ? entry->start_seconds : optional<double>());
  text_members(json, excerpt);
  json.end_object();
}

void to_json(JsonWriter& json, const SearchHit& hit) {
  const std::string_view kind = hit.call ? "call" : hit.message ? "message" : "contact";
  json.begin_object();
  json.member("kind", kind);
  json.instant_member("at", hit.at);
  json.key(kind);
  if (hit.call) api::to_json(json, *hit.call);
  else if (hit.message) api::to_json(json, *hit.message);
  else if (hit.contact) api::to_json(json, *hit.contact);
  else json.null();
  json.key("matches");
  json.begin_array();
  for (const auto& entry : hit.entries) match_to_json(json, "transcript", &entry, entry.excerpt);
  for (const auto& field : hit.fields) match_to_json(json, field.field, nullptr, field.excerpt);
  json.end_array();
  json.end_object();
}

}  // namespace

http::Response search(const Context& context, const http::Request& request) {
  Query query(request);
  const SearchFilter filter = read_search_filter(query);
  const ListOptions options = read_list_options(query);
  Reader reader = open_reader(context, query);
  SearchPage page{options.limit, {}};
  if (options.after) page.after = SearchPosition{options.after->part != 0, options.after->key};
  const auto hits = reader.find_search_hits(filter, page);
  const auto total = count_if_asked(options, [&](bool exact) { return reader.count_search_hits(filter, exact); });

  string body = R"({"ranked_newest_only":)";
  JsonWriter json(body);
  json.value(hits.ranked_newest_only);
  json.key("data");
  json.begin_array();
  for (const auto& hit : hits.rows) to_json(json, hit);
  json.end_array();
  const CursorPosition last{hits.last.key, static_cast<std::uint8_t>(hits.last.among_contacts)};
  return end_list(query, std::move(body), hits.has_more ? optional(last) : optional<CursorPosition>(), total);
}

}  // namespace callarchive::api
