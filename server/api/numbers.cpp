#include "server/api/numbers.h"

#include "server/api/answer.h"
#include "server/api/filters.h"

namespace callarchive::api {

http::Response list_numbers(const Context& context, const http::Request& request) {
  Query query(request);
  const NumberFilter filter = read_number_filter(query);
  return answer_list(
      context, query, [&](Reader& reader, const Page& page) { return reader.find_numbers(filter, page); },
      [&](Reader& reader, bool exact) { return reader.count_numbers(filter, exact); },
      [](JsonWriter& json, const Number& number) { to_json(json, number); });
}

http::Response show_number(const Context& context, const http::Request& request) {
  Query query(request);
  Reader reader = open_reader(context, query);
  return answer_one(request, require_number(reader, number_in_path(request)));
}

string number_in_path(const http::Request& request) { return restored_number(request.path_parameters.at(0)); }

Number require_number(Reader& reader, const string& number) {
  auto found = reader.find_number(number);
  if (!found) throw not_found("number", number);
  return std::move(*found);
}

}  // namespace callarchive::api
