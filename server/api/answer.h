#pragma once

#include "server/api/context.h"
#include "server/api/cursor.h"
#include "server/api/json.h"
#include "server/api/query.h"
#include "server/http.h"

#include <algorithm>
#include <iterator>
#include <utility>

// What all responses have in common: the time limit, paging, the entity tag.

namespace callarchive::api {

// Lends a reader for the time that the caller allows. Finishes the query first, so that no query with a mistake is run.
// Throws HttpError and QueryTimeout.
Reader open_reader(const Context& context, Query& query);

// 404 not_found; the detail names the kind of thing and the requested id.
http::HttpError not_found(std::string_view kind, std::string_view id);

// The response for one thing, with a strong entity tag; 304 if the caller already has it.
http::Response answer_one(const http::Request& request, string body, string content_type = "application/json");

template <typename T>
http::Response answer_one(const http::Request& request, const T& record) {
  return answer_one(request, written([&](JsonWriter& json) { to_json(json, record); }));
}

// The path and query of the request as they could be sent again, without the parameter `left_out`.
string target_without(const http::Request& request, std::string_view left_out);

// Which page of a list is wanted, and whether its rows are counted.
struct ListOptions {
  std::int64_t limit = 0;
  optional<CursorPosition> after = {};
  Counting counting = Counting::none;
};

// For a list that has only one part.
Page page_of(const ListOptions& options);

// The position of the last row of a page.
template <typename T>
CursorPosition position_of(const Slice<T>& slice) {
  return {slice.last_key, 0, slice.last_text};
}

template <typename Total>
optional<Count> count_if_asked(const ListOptions& options, Total count) {
  if (options.counting == Counting::none) return {};
  return count(options.counting == Counting::exact);
}

// Reads limit, cursor and count; all filters must have been read before.
ListOptions read_list_options(Query& query);

// The answer for a list whose rows are written: `body` is the object so far, up to the end of "data".
// Adds "page" to it, and a Link to the next page if there is one, which begins after `last`.
http::Response end_list(const Query& query, string body, optional<CursorPosition> last, optional<Count> total);

// The page of a list that is loaded as a whole; key(row) tells its rows apart.
template <typename T, typename Key>
Slice<T> cut(vector<T> rows, const Page& page, Key key) {
  auto first = rows.begin();
  if (page.after) {
    first = std::find_if(first, rows.end(), [&](const T& row) { return key(row) == *page.after; });
    if (first == rows.end()) refuse_cursor("the cursor has expired: its row no longer exists");
    ++first;
  }
  const auto rest = rows.end() - first;
  const auto size = std::min<std::ptrdiff_t>(rest, page.limit);
  Slice<T> slice{{std::make_move_iterator(first), std::make_move_iterator(first + size)}, size < rest, 0};
  if (!slice.rows.empty()) slice.last_key = key(slice.rows.back());
  return slice;
}

// Answers a list:
//   find(Reader&, const Page&) -> Slice<T>
//   count(Reader&, bool exact) -> Count, called only if the request wants a count
//   write(JsonWriter&, const T&)
template <typename Find, typename Total, typename Write>
http::Response answer_list(const Context& context, Query& query, Find find, Total count, Write write) {
  const ListOptions options = read_list_options(query);
  Reader reader = open_reader(context, query);
  const auto slice = find(reader, page_of(options));
  const auto total = count_if_asked(options, [&](bool exact) { return count(reader, exact); });

  string body = R"({"data":)";
  JsonWriter json(body);
  json.begin_array();
  for (const auto& row : slice.rows) write(json, row);
  json.end_array();
  return end_list(query, std::move(body), slice.has_more ? optional(position_of(slice)) : optional<CursorPosition>(),
                  total);
}

// Answers a list that is loaded as a whole:
//   load(Reader&) -> vector<T>
//   key(const T&) -> the number that tells a row from the others
//   write(JsonWriter&, const T&)
template <typename Load, typename Key, typename Write>
http::Response answer_whole_list(const Context& context, Query& query, Load load, Key key, Write write) {
  std::int64_t total = 0;
  return answer_list(
      context, query,
      [&](Reader& reader, const Page& page) {
        auto rows = load(reader);
        total = static_cast<std::int64_t>(rows.size());
        return cut(std::move(rows), page, key);
      },
      [&](Reader&, bool) { return Count{total}; }, write);
}

}  // namespace callarchive::api
