#include "server/api/timeline.h"

#include "server/api/answer.h"
#include "server/api/filters.h"
#include "server/api/numbers.h"

namespace callarchive::api {
namespace {

// numbers_of(Reader&) says whose timeline it is, or throws 404.
template <typename NumbersOf>
http::Response answer_timeline(const Context& context, const http::Request& request, NumbersOf numbers_of) {
  Query query(request);
  const TimelineFilter filter = read_timeline_filter(query);
  vector<string> numbers;
  return answer_list(
      context, query,
      [&](Reader& reader, const Page& page) {
        numbers = numbers_of(reader);
        return reader.find_timeline(numbers, filter, page);
      },
      [&](Reader& reader, bool exact) { return reader.count_timeline(numbers, filter, exact); },
      [](JsonWriter& json, const TimelineItem& item) { to_json(json, item); });
}

}  // namespace

http::Response list_timeline_of_number(const Context& context, const http::Request& request) {
  return answer_timeline(context, request, [&](Reader& reader) -> vector<string> {
    return {require_number(reader, number_in_path(request)).number};
  });
}

http::Response list_timeline_of_contact(const Context& context, const http::Request& request) {
  return answer_timeline(context, request, [&](Reader& reader) {
    const string& id = request.path_parameters.at(0);
    if (!reader.find_contact(id)) throw not_found("contact", id);
    return reader.find_contact_numbers(id);
  });
}

}  // namespace callarchive::api
