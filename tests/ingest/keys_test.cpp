#include "server/ingest/decode.h"
#include "storage/care/rebuild.h"
#include "tests/ingest/event_text.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

// Only keys that a dialect defines are read in its spelling, on the level where it defines them. What the customer has
// named keeps its name.

namespace callarchive {
namespace {

struct Read {
  string dialect;
  Event event;
};

Read read(const string& body) {
  Delivery delivery{.body = body};
  Event event = decode(delivery);
  return {delivery.dialect, std::move(event)};
}

string contact(const string& members) {
  return R"({"topic":"CONTACT_UPDATED","data":{"id":"k1","name":"Nora",)" + members + "}}";
}
string call(const string& members) { return R"({"topic":"CALL_RECEIVED","data":{"id":"c1",)" + members + "}}"; }

// "key=value" for each, separated by blanks.
string text_of(const vector<JsonMember>& members) {
  string text;
  for (const auto& [key, value] : members) text += (text.empty() ? "" : " ") + key + '=' + value;
  return text;
}

TEST(CustomersKeys, PropertiesOfAContactKeepTheirSpellingInEveryDialect) {
  const struct {
    string body;
    const char* dialect;
    const char* properties;
  } rows[] = {
      {contact(R"("last_name":null,"favoriteColor":"red","favorite_color":"blue")"), "v1",
       R"(favoriteColor="red" favorite_color="blue")"},
      {contact(R"("favoriteColor":"red","favorite_color":"blue")"), "v1",
       R"(favoriteColor="red" favorite_color="blue")"},
      {contact(R"("SIRET":"1","siret":"2","Siret":"3")"), "v1", R"(SIRET="1" Siret="3" siret="2")"},
      {contact(R"("startDate":"x","fromNumber":"y")"), "v1", R"(fromNumber="y" startDate="x")"},
      {contact(R"("last_name":"Durand","lastName":"Martin")"), "v1", R"(lastName="Martin")"},
      {contact(R"("leadSource":{"firstSeen":1,"first_seen":2})"), "v1", R"(leadSource={"firstSeen":1,"first_seen":2})"},
      {contact(R"("lastName":"Durand","leadSource":"a","lead_source":"b")"), "v1_camel",
       R"(leadSource="a" lead_source="b")"},
      {contact(R"("lastName":"Durand","tree":[{"leafColor":1},{"leaf_color":2}])"), "v1_camel",
       R"(tree=[{"leafColor":1},{"leaf_color":2}])"},
      {R"({"topic":"contact.updated","version":"2.0","data":{"id":"k1","jobTitle":"x","leadSource":1,"lead_source":2}})",
       "v2", R"(jobTitle="x" leadSource=1 lead_source=2)"},
      {R"({"topic":"contact.updated","version":"2.0","data":{"person":{"id":"k1","lastName":"x","last_name":"y"}}})",
       "v2", R"(lastName="x")"},
      {R"({"event":"CONTACT_UPDATED","timestamp":null,"contact":{"id":"k1","lastName":"x","petName":"a","pet_name":"b"}})",
       "mobile", R"(petName="a" pet_name="b")"},
      {R"({"event":"CONTACT_UPDATED","timestamp":null,"id":"k1","petName":"a","pet_name":"b"})", "mobile",
       R"(petName="a" pet_name="b")"},
  };
  for (const auto& row : rows) {
    const Read got = read(row.body);
    EXPECT_EQ(got.dialect, row.dialect) << row.body;
    const auto* contact = std::get_if<ContactChanged>(&got.event);
    ASSERT_NE(contact, nullptr) << row.body << testing::PrintToString(got.event);
    EXPECT_EQ(text_of(contact->properties.value_or(vector<JsonMember>())), row.properties) << row.body;
  }
}

TEST(CustomersKeys, CollectedDataKeepsItsSpellingAndItsNulls) {
  const struct {
    string body;
    const char* dialect;
    const char* collected;
  } rows[] = {
      {call(R"("data_collected":{"orderNumber":1,"order_number":2})"), "v1", "orderNumber=1 order_number=2"},
      {call(R"("dataCollected":{"orderNumber":1,"order_number":2})"), "v1_camel", "orderNumber=1 order_number=2"},
      {call(R"("dataCollected":{"a":{"firstName":1,"first_name":2}})"), "v1_camel",
       R"(a={"firstName":1,"first_name":2})"},
      {call(R"("data_collected":{"startDate":"x","fromNumber":null})"), "v1", R"(fromNumber=null startDate="x")"},
      {call(R"("data_collected":{"a":null,"b":false})"), "v1", "a=null b=false"},
      {R"({"topic":"CALL_RECEIVED","body":{"from_number":"+1","data_collected":{"aB":1,"a_b":2}}})", "body",
       "aB=1 a_b=2"},
      {R"({"topic":"call.completed","version":"2.0","data":{"id":"c1","data_collected":{"aB":1,"a_b":2}}})", "v2",
       "aB=1 a_b=2"},
      {R"({"event":"call.received","call":{"id":"c1","dataCollected":{"aB":1,"a_b":2}}})", "mobile", "aB=1 a_b=2"},
  };
  for (const auto& row : rows) {
    const Read got = read(row.body);
    EXPECT_EQ(got.dialect, row.dialect) << row.body;
    const auto* call = std::get_if<CallCompleted>(&got.event);
    ASSERT_NE(call, nullptr) << row.body;
    EXPECT_EQ(text_of(call->data_collected), row.collected) << row.body;
  }
}

// A key that no dialect defines tells nothing of the dialect, nor does a defined one on another level.
TEST(Dialect, IsToldByTheKeysThatItDefinesAlone) {
  const struct {
    string body;
    const char* dialect;
  } rows[] = {
      {call(R"("startDate":"x")"), "v1_camel"},
      {call(R"("ivrResult":[])"), "v1_camel"},
      {call(R"("aiScore":5)"), "v1"},
      {call(R"("from_number":"+1","aiScore":5)"), "v1"},
      {call(R"("lastName":"x")"), "v1"},
      {call(R"("data_collected":{"startDate":"x"})"), "v1"},
      {call(R"("transfer_to":{"userName":"x"})"), "v1"},
      {call(R"("start_date":"x","startDate":"y")"), "v1"},
      {R"({"topic":"SMS_SENT","data":{"id":"m","sentAt":"x"}})", "v1_camel"},
      {R"({"topic":"SMS_SENT","data":{"id":"m","messageKind":"x"}})", "v1"},
      {contact(R"("lastName":"x")"), "v1_camel"},
      {contact(R"("sentAt":"x")"), "v1"},
      {R"({"topic":"PING","data":{"sentAt":"x"}})", "v1_camel"},
      {R"({"topic":"PING","data":{"myKey":"x"}})", "v1"},
      {R"({"topic":"CALL_RECEIVED","sentBy":"x","data":{"id":"c1"}})", "v1"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.body).dialect, row.dialect) << row.body;
}

TEST(CamelCase, IsReadOnEveryLevelOfACall) {
  const auto event = read(call(R"("fromNumber":"+1","toNumber":"+2","transferFrom":{"userEmail":"a@x","userName":"A"},
    "transferTo":{"number":"+3","userName":"B"},"ivrResult":[{"dtmfKey":"1","textKey":"sales"}],
    "transcriptions":[{"source":"USER","startSeconds":1.5,"endSeconds":2,"text":"hi"}],"originalToName":"Desk")"))
                         .event;
  const auto& call = std::get<CallCompleted>(event);
  EXPECT_EQ(call.from_number, "+1");
  EXPECT_EQ(call.to_number, "+2");
  EXPECT_EQ(call.original_to_name, "Desk");
  EXPECT_EQ(call.transfer_from, (TransferParty{.user_email = "a@x", .user_name = "A"}));
  EXPECT_EQ(call.transfer_to, (TransferParty{.number = "+3", .user_name = "B"}));
  EXPECT_EQ(call.ivr_result, (vector<IvrChoice>{{"1", "sales"}}));
  EXPECT_EQ(call.transcript,
            (vector<TranscriptEntry>{{.source = "USER", .start_seconds = 1.5, .end_seconds = 2, .text = "hi"}}));
}

// An earlier version stored one of two properties whose names were the same once rewritten.
TEST(CustomersKeys, RebuildBringsBackWhatEarlierVersionsLost) {
  const test::TemporaryFolder folder;
  const ArchiveOptions options{.path = folder.file("archive.db")};
  {
    Archive archive(options, decode);
    Delivery delivery{.body = contact(R"("favoriteColor":"red","favorite_color":"blue")"), .received_at = 1000};
    decode(delivery);
    delivery.dialect = "v1_camel";
    archive.store(delivery, ContactChanged{.id = "k1",
                                           .name = optional<string>("Nora"),
                                           .properties = vector<JsonMember>{{"favorite_color", "\"blue\""}}});
  }
  rebuild(options, decode, [](const RebuildProgress&) {});
  Archive archive(options, decode);
  const auto contact = archive.reader().find_contact("k1");
  ASSERT_TRUE(contact);
  EXPECT_EQ(text_of(contact->properties), R"(favoriteColor="red" favorite_color="blue")");
  EXPECT_EQ(archive.reader().find_delivery(1)->dialect, "v1");
}

}  // namespace
}  // namespace callarchive
