#include "server/api/health.h"

#include "server/api/answer.h"

#include "embedded/openapi.h"

namespace callarchive::api {
namespace {

http::Response answer_status(std::string_view status) {
  http::Response response;
  JsonWriter json(response.body);
  json.begin_object();
  json.member("status", status);
  json.end_object();
  return response;
}

// How far the archive was compared with the vendor, and what became of the last time.
void write_vendor(JsonWriter& json, const BackfillState& state) {
  json.key("vendor");
  if (!state.last_run) return json.null();
  const auto& run = *state.last_run;
  json.begin_object();
  json.instant_member("complete_until", state.complete_until);
  json.member("only_by_backfill", state.only_by_backfill);
  json.member("kind", run.kind);
  json.instant_member("begun_at", run.begun_at);
  json.instant_member("ended_at", run.ended_at);
  json.member("requests", run.requests);
  json.member("missing", run.missing);
  json.member("stored", run.stored);
  json.member("error", run.error);
  json.end_object();
}

}  // namespace

http::Response show_livez(const http::Request& request) {
  Query(request).finish();
  return answer_status("alive");
}

http::Response show_readyz(const Context& context, const http::Request& request) {
  Query(request).finish();
  try {
    context.archive.check_writable();
  } catch (const NotDurable& error) {
    throw http::HttpError(503, "not_ready", error.what());
  }
  return answer_status("ready");
}

http::Response show_me(const Context& context, const vector<string>& scopes, const http::Request& request) {
  Query(request).finish();
  const auto newest = context.archive.reader(context.query_timeout).find_newest_delivery();
  http::Response response;
  JsonWriter json(response.body);
  json.begin_object();
  json.key("scopes");
  json.begin_array();
  for (const auto& scope : scopes) json.value(scope);
  json.end_array();
  json.key("limits");
  json.begin_object();
  json.member("page_size", kMostLimit);
  json.member("query_timeout_ms", std::int64_t{context.query_timeout.count()});
  json.end_object();
  json.member("newest_delivery", newest);
  write_vendor(json, context.archive.reader(context.query_timeout).find_backfill_state());
  json.end_object();
  return response;
}

http::Response show_openapi(const http::Request& request) {
  Query(request).finish();
  return answer_one(request, string(embedded::openapi().front().content));
}

}  // namespace callarchive::api
