#include "server/api/messages.h"

#include "server/api/answer.h"
#include "server/api/filters.h"
#include "server/api/numbers.h"

namespace callarchive::api {
namespace {

// Only for messages of `of_number`, if there is one.
http::Response answer_messages(const Context& context, Query& query, MessageFilter filter,
                               const optional<string>& of_number) {
  if (of_number) filter.numbers = {*of_number};
  return answer_list(
      context, query,
      [&](Reader& reader, const Page& page) {
        if (of_number) require_number(reader, *of_number);
        return reader.find_messages(filter, page);
      },
      [&](Reader& reader, bool exact) { return reader.count_messages(filter, exact); },
      [](JsonWriter& json, const Message& message) { to_json(json, message); });
}

}  // namespace

http::Response list_messages(const Context& context, const http::Request& request) {
  Query query(request);
  MessageFilter filter = read_message_filter(query);
  filter.numbers = query.numbers("number");
  return answer_messages(context, query, std::move(filter), {});
}

http::Response list_messages_of_number(const Context& context, const http::Request& request) {
  Query query(request);
  MessageFilter filter = read_message_filter(query);
  return answer_messages(context, query, std::move(filter), number_in_path(request));
}

http::Response show_message(const Context& context, const http::Request& request) {
  Query query(request);
  const string& id = request.path_parameters.at(0);
  const auto message = open_reader(context, query).find_message(id);
  if (!message) throw not_found("message", id);
  return answer_one(request, *message);
}

}  // namespace callarchive::api
