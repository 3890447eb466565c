#include "tests/api/asking.h"
#include "tests/api/golden.h"

#include <fstream>

// What is answered, whole, to one question of each kind.

namespace callarchive::test {
namespace {

struct Question {
  const char* name;
  const char* target;
};

class Answer : public Asking, public ::testing::WithParamInterface<Question> {
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
        Question{"calls", "/v1/calls"},
        Question{"calls_page", "/v1/calls?limit=2&count=exact&has=summary,recording_link"},
        Question{"calls_next", "/v1/calls?number=%2B14155550100&limit=1&direction=inbound"},
        Question{"calls_none", "/v1/calls?number=%2B14155559999"},
        Question{"calls_with_transcript",
                 "/v1/calls?number=415-555-0100&include=transcript&until=2026-03-02T09:16:00Z"},
        Question{"call", "/v1/calls/cll-first"},
        Question{"call_with_transcript", "/v1/calls/cll_first?include=transcript"},
        Question{"call_sparse", "/v1/calls/cll_voicemail"},
        Question{"transcript", "/v1/calls/cll_first/transcript?limit=2"},
        Question{"chain", "/v1/calls/cll_second/chain?count=exact"}, Question{"messages", "/v1/messages"},
        Question{"message", "/v1/messages/msg_see_you"}, Question{"contacts", "/v1/contacts?name=petit"},
        Question{"contact", "/v1/contacts/con_ada"}, Question{"contact_versions", "/v1/contacts/con_ada/versions"},
        Question{"contact_timeline", "/v1/contacts/con_ada/timeline?count=exact"}, Question{"numbers", "/v1/numbers"},
        Question{"number", "/v1/numbers/0014155550100"}, Question{"number_calls", "/v1/numbers/+33184800001/calls"},
        Question{"number_messages", "/v1/numbers/+33184800000/messages?type=mms"},
        Question{"number_timeline", "/v1/numbers/+33184800000/timeline?limit=2"},
        Question{"deliveries", "/v1/deliveries?limit=3"}, Question{"delivery", "/v1/deliveries/1"},
        Question{"delivery_raw", "/v1/deliveries/9?raw=true"}, Question{"me", "/v1/me"}, Question{"livez", "/livez"},
        Question{"readyz", "/readyz"}, Question{"problem_unknown_parameter", "/v1/calls?form=1&limit=0"},
        Question{"problem_not_found", "/v1/contacts/con_%22nobody%22"}, Question{"search", "/v1/search?q=friday+table"},
        Question{"stats", "/v1/stats?by=month,result&tz=Europe/Paris"},
        Question{"export_calls_ndjson", "/v1/export/calls?number=415-555-0100"},
        Question{"export_calls_csv", "/v1/export/calls?format=csv&include=transcript"},
        Question{"export_messages_csv", "/v1/export/messages?format=csv"},
        Question{"export_transcripts_ndjson", "/v1/export/transcripts?has=transcript"},
        Question{"export_contacts_vcard", "/v1/export/contacts?format=vcard"}),
    [](const auto& info) { return string(info.param.name); });

}  // namespace
}  // namespace callarchive::test
