#include "server/api/changes.h"

#include "server/api/answer.h"

#include <charconv>

namespace callarchive::api {
namespace {

constexpr std::int64_t kLongestWait = 30;     // seconds
constexpr std::size_t kMostBytes = 4u << 20;  // of text on a page, about

// "3f9c2a107be4d581.1042.18d0c3f2a10": epoch, seq and check, the last in hexadecimal.
string to_text(const FeedPosition& position) {
  char check[17];
  const auto [end, error] = std::to_chars(check, check + sizeof check, position.check, 16);
  return position.epoch + '.' + std::to_string(position.seq) + '.' + string(check, end);
}

template <typename Whole>
bool read_whole(std::string_view text, Whole& value, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

optional<FeedPosition> parse_position(std::string_view text) {
  FeedPosition position;
  const std::size_t first = text.find('.'), second = text.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return {};
  position.epoch = text.substr(0, first);
  const bool is_known = !position.epoch.empty() &&
                        read_whole(text.substr(first + 1, second - first - 1), position.seq, 10) &&
                        read_whole(text.substr(second + 1), position.check, 16) && position.seq >= 0;
  return is_known ? optional(std::move(position)) : std::nullopt;
}

struct FeedQuery {
  optional<FeedPosition> after = {};
  bool from_now = false;
  std::int64_t limit = 0;
  std::int64_t wait = 0;  // seconds
};

FeedQuery read_feed_query(Query& query) {
  FeedQuery feed;
  if (const auto after = query.text("after")) {
    feed.from_now = *after == "now";
    feed.after = parse_position(*after);
    if (!feed.from_now && !feed.after) query.refuse("after", "expected now, or next_after of an earlier answer");
  }
  feed.limit = query.limit();
  feed.wait = query.seconds("wait").value_or(0);
  if (feed.wait > kLongestWait) {
    query.refuse("wait", "expected at most " + std::to_string(kLongestWait) + " seconds");
  }
  return feed;
}

void write_thing(JsonWriter& json, const Change& change) {
  json.key("item");
  if (const auto* call = std::get_if<Call>(&change.thing)) to_json(json, *call, Transcript::included);
  else if (const auto* message = std::get_if<Message>(&change.thing)) to_json(json, *message);
  else to_json(json, std::get<Contact>(change.thing));
}

void write_change(JsonWriter& json, const Change& change) {
  const bool is_erased = std::holds_alternative<std::monostate>(change.thing);
  json.begin_object();
  json.member("seq", change.seq);
  json.member("op", is_erased ? "erase" : "put");
  json.member("kind", to_text(change.kind));
  json.member("id", change.id);
  json.member("delivery", change.delivery);
  if (!is_erased) write_thing(json, change);
  json.end_object();
}

string write_page(const ChangePage& page) {
  return written([&](JsonWriter& json) {
    json.begin_object();
    json.key("data");
    json.begin_array();
    for (const auto& change : page.changes) write_change(json, change);
    json.end_array();
    json.key("page");
    json.begin_object();
    json.member("next_after", to_text(page.next));
    json.member("has_more", page.has_more);
    json.member("head", page.head);
    json.end_object();
    json.end_object();
  });
}

ChangePage find_page(Reader& reader, const FeedQuery& feed) {
  try {
    if (!feed.from_now) return reader.find_changes(feed.after.value_or(FeedPosition{}), feed.limit, kMostBytes);
    const FeedPosition head = reader.find_feed_head();
    return {{}, false, head, head.seq};
  } catch (const HistoryChanged& error) {
    throw http::HttpError(409, "history_changed", error.what());
  }
}

}  // namespace

http::Response list_changes(const Context& context, const http::Request& request) {
  Query query(request);
  const FeedQuery feed = read_feed_query(query);
  const std::uint64_t seen = context.archive.commit_count();  // first: what is committed from now on ends the wait
  Reader reader = open_reader(context, query);
  const ChangePage page = find_page(reader, feed);
  http::Response response;
  if (page.changes.empty() && feed.after && feed.wait > 0 && request.may_wait) {
    response.wait = {seen, std::chrono::seconds(feed.wait)};
    return response;
  }
  response.body = write_page(page);
  return response;
}

}  // namespace callarchive::api
