#include "server/routes.h"

#include "server/api/calls.h"
#include "server/api/changes.h"
#include "server/api/contacts.h"
#include "server/api/deliveries.h"
#include "server/api/export.h"
#include "server/api/health.h"
#include "server/api/messages.h"
#include "server/api/numbers.h"
#include "server/api/query.h"
#include "server/api/recordings.h"
#include "server/api/search.h"
#include "server/api/stats.h"
#include "server/api/timeline.h"
#include "storage/search/grammar.h"

namespace callarchive {
namespace {

using http::Access;
using http::Pool;
using http::Request;
using http::Response;

// The one place where the archive's exceptions become answers.
template <typename Ask>
Response answer_or_refuse(Ask ask) {
  try {
    return ask();
  } catch (const EmptySearch& error) {
    throw http::HttpError(400, "invalid_parameter", string("q: ") + error.what(), {{"q", error.what()}});
  } catch (const TooManyWords& error) {
    throw http::HttpError(400, "invalid_parameter", string("q: ") + error.what(), {{"q", error.what()}});
  } catch (const EmptyFilter& error) {
    throw http::HttpError(400, "invalid_parameter", error.field + ": " + error.what(), {{error.field, error.what()}});
  } catch (const QueryTimeout& error) {
    throw http::HttpError(503, "query_timeout", error.what());
  }
}

// A handler that queries the archive.
http::Handler on(const api::Context& context, Response (*handle)(const api::Context&, const Request&)) {
  return
      [context, handle](const Request& request) { return answer_or_refuse([&] { return handle(context, request); }); };
}

}  // namespace

std::vector<http::Route> make_routes(const Services& services) {
  using namespace api;
  const auto on = [&](auto handle) { return callarchive::on(services.api, handle); };
  const auto show_me = [services](const Request& request) {
    return answer_or_refuse([&] { return api::show_me(services.api, services.scopes(request), request); });
  };
  const auto show_metrics = [services](Request& request) {
    Query(request).finish();
    return services.show_metrics(request);
  };
  return {
      // The receiver authenticates the raw bytes itself.
      {"POST", "/webhooks/allo", Access::webhook, services.receive, Pool::ingest},
      {"POST", "/webhooks/allo/{token}", Access::webhook, services.receive, Pool::ingest},

      {"GET", "/v1/calls", Access::read, on(list_calls)},
      {"GET", "/v1/calls/{id}", Access::read, on(show_call)},
      {"GET", "/v1/calls/{id}/transcript", Access::read, on(list_transcript)},
      {"GET", "/v1/calls/{id}/recording", Access::read, on(show_recording), Pool::query, true},
      {"GET", "/v1/calls/{id}/recording/peaks", Access::read, on(show_recording_peaks)},
      {"GET", "/v1/calls/{id}/chain", Access::read, on(list_call_chain)},

      {"GET", "/v1/messages", Access::read, on(list_messages)},
      {"GET", "/v1/messages/{id}", Access::read, on(show_message)},

      {"GET", "/v1/contacts", Access::read, on(list_contacts)},
      {"GET", "/v1/contacts/{id}", Access::read, on(show_contact)},
      {"GET", "/v1/contacts/{id}/timeline", Access::read, on(list_timeline_of_contact)},
      {"GET", "/v1/contacts/{id}/versions", Access::read, on(list_contact_versions)},

      {"GET", "/v1/numbers", Access::read, on(list_numbers)},
      {"GET", "/v1/numbers/{number}", Access::read, on(show_number)},
      {"GET", "/v1/numbers/{number}/calls", Access::read, on(list_calls_of_number)},
      {"GET", "/v1/numbers/{number}/messages", Access::read, on(list_messages_of_number)},
      {"GET", "/v1/numbers/{number}/timeline", Access::read, on(list_timeline_of_number)},

      {"GET", "/v1/search", Access::read, on(search)},
      {"GET", "/v1/stats", Access::read, on(show_stats)},

      {"GET", "/v1/changes", Access::read, on(list_changes)},

      {"GET", "/v1/export/calls", Access::read, on(export_calls)},
      {"GET", "/v1/export/messages", Access::read, on(export_messages)},
      {"GET", "/v1/export/contacts", Access::read, on(export_contacts)},
      {"GET", "/v1/export/transcripts", Access::read, on(export_transcripts)},

      {"GET", "/v1/deliveries", Access::admin, on(list_deliveries)},
      {"GET", "/v1/deliveries/{delivery}", Access::admin, on(show_delivery)},

      {"GET", "/v1/me", Access::read, show_me},
      {"GET", "/livez", Access::open, show_livez},
      {"GET", "/readyz", Access::open, on(show_readyz)},
      {"GET", "/metrics", Access::read, show_metrics},
      {"GET", "/openapi.json", Access::open, show_openapi},
  };
}

}  // namespace callarchive
