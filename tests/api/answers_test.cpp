#include "tests/api/asking.h"
#include "tests/api/golden.h"

#include <fstream>

// What is answered, whole, to one query of each kind.

namespace callarchive::test {
namespace {

struct Query {
  const char* name;
  const char* target;
};

class Answer : public Asking, public ::testing::WithParamInterface<Query> {
 protected:
  Answer() {
    std::ifstream events(SOURCE_DIR "/tests/api/events.ndjson");
    for (string line; std::getline(events, line);) receive(line);
  }
};

TEST_P(Answer, IsAsItWas) {
  const auto response = get(GetParam().target);
  expect_golden(GetParam().name, transcript_of(GetParam().target, response));
}

INSTANTIATE_TEST_SUITE_P(
    Api, Answer,
    ::testing::Values(
        Query{"calls", "/v1/calls"}, Query{"calls_page", "/v1/calls?limit=2&count=exact&has=summary,recording_link"},
        Query{"calls_next", "/v1/calls?number=%2B14155550100&limit=1&direction=inbound"},
        Query{"calls_none", "/v1/calls?number=%2B14155559999"},
        Query{"calls_with_transcript", "/v1/calls?number=415-555-0100&include=transcript&until=2026-03-02T09:16:00Z"},
        Query{"call", "/v1/calls/cll-first"}, Query{"call_with_transcript", "/v1/calls/cll_first?include=transcript"},
        Query{"call_sparse", "/v1/calls/cll_voicemail"}, Query{"transcript", "/v1/calls/cll_first/transcript?limit=2"},
        Query{"chain", "/v1/calls/cll_second/chain?count=exact"}, Query{"messages", "/v1/messages"},
        Query{"message", "/v1/messages/msg_see_you"}, Query{"contacts", "/v1/contacts?name=petit"},
        Query{"contact", "/v1/contacts/con_ada"}, Query{"contact_versions", "/v1/contacts/con_ada/versions"},
        Query{"contact_timeline", "/v1/contacts/con_ada/timeline?count=exact"}, Query{"numbers", "/v1/numbers"},
        Query{"number", "/v1/numbers/0014155550100"}, Query{"number_calls", "/v1/numbers/+33184800001/calls"},
        Query{"number_messages", "/v1/numbers/+33184800000/messages?type=mms"},
        Query{"number_timeline", "/v1/numbers/+33184800000/timeline?limit=2"},
        Query{"deliveries", "/v1/deliveries?limit=3"}, Query{"delivery", "/v1/deliveries/1"},
        Query{"delivery_raw", "/v1/deliveries/9?raw=true"}, Query{"me", "/v1/me"}, Query{"livez", "/livez"},
        Query{"readyz", "/readyz"}, Query{"problem_unknown_parameter", "/v1/calls?form=1&limit=0"},
        Query{"problem_not_found", "/v1/contacts/con_%22nobody%22"}, Query{"search", "/v1/search?q=friday+table"},
        Query{"stats", "/v1/stats?by=month,result&tz=Europe/Paris"},
        Query{"export_calls_ndjson", "/v1/export/calls?number=415-555-0100"},
        Query{"export_calls_csv", "/v1/export/calls?format=csv&include=transcript"},
        Query{"export_messages_csv", "/v1/export/messages?format=csv"},
        Query{"export_transcripts_ndjson", "/v1/export/transcripts?has=transcript"},
        Query{"export_contacts_vcard", "/v1/export/contacts?format=vcard"}),
    [](const auto& info) { return string(info.param.name); });

}  // namespace
}  // namespace callarchive::test
