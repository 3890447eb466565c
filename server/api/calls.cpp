#include "server/api/calls.h"

#include "server/api/answer.h"
#include "server/api/filters.h"
#include "server/api/numbers.h"

namespace callarchive::api {
namespace {

// Only for calls of `of_number`, if there is one.
http::Response answer_calls(const Context& context, Query& query, CallFilter filter,
                            const optional<string>& of_number) {
  filter.include_transcript = query.includes_transcript();
  const auto transcript = filter.include_transcript ? Transcript::included : Transcript::left_out;
  if (of_number) filter.numbers = {*of_number};
  return answer_list(
      context, query,
      [&](Reader& reader, const Page& page) {
        if (of_number) require_number(reader, *of_number);
        return reader.find_calls(filter, page);
      },
      [&](Reader& reader, bool exact) { return reader.count_calls(filter, exact); },
      [&](JsonWriter& json, const Call& call) { to_json(json, call, transcript); });
}

}  // namespace

http::Response list_calls(const Context& context, const http::Request& request) {
  Query query(request);
  CallFilter filter = read_call_filter(query);
  filter.numbers = query.numbers("number");
  return answer_calls(context, query, std::move(filter), {});
}

http::Response list_calls_of_number(const Context& context, const http::Request& request) {
  Query query(request);
  CallFilter filter = read_call_filter(query);
  return answer_calls(context, query, std::move(filter), number_in_path(request));
}

http::Response show_call(const Context& context, const http::Request& request) {
  Query query(request);
  const string& id = request.path_parameters.at(0);
  const bool include_transcript = query.includes_transcript();
  const auto call = open_reader(context, query).find_call(id, include_transcript);
  if (!call) throw not_found("call", id);
  const auto transcript = include_transcript ? Transcript::included : Transcript::left_out;
  return answer_one(request, written([&](JsonWriter& json) { to_json(json, *call, transcript); }));
}

http::Response list_transcript(const Context& context, const http::Request& request) {
  Query query(request);
  const string& id = request.path_parameters.at(0);
  return answer_list(
      context, query,
      [&](Reader& reader, const Page& page) {
        auto entries = reader.find_transcript(id, page);
        if (!entries) throw not_found("call", id);
        return std::move(*entries);
      },
      [&](Reader& reader, bool) {
        const auto call = reader.find_call(id, false);
        return Count{call ? call->transcript_entry_count : 0};
      },
      [](JsonWriter& json, const TranscriptEntry& entry) { to_json(json, entry); });
}

http::Response list_call_chain(const Context& context, const http::Request& request) {
  Query query(request);
  const string& id = request.path_parameters.at(0);
  return answer_whole_list(
      context, query,
      [&](Reader& reader) {
        auto calls = reader.find_call_chain(id);
        if (calls.empty()) throw not_found("call", id);
        return calls;
      },
      [](const Call& call) { return call.item; }, [](JsonWriter& json, const Call& call) { to_json(json, call); });
}

}  // namespace callarchive::api
