#include "server/ingest/decode.h"

#include "server/ingest/topics.h"
#include "server/text/time_text.h"
#include "tests/ingest/event_text.h"
#include "tests/ingest/recorded.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

// Every topic of every dialect, each from a recorded body into the whole struct.

namespace callarchive {
namespace {

using ingest::Dialect;

constexpr Dialect kDialects[] = {Dialect::body, Dialect::mobile, Dialect::v1_camel, Dialect::v1, Dialect::v2};

Millis at(std::string_view text) { return parse_instant(text).value(); }

// The one call that all dialects tell of, with what each of them can say.
CallCompleted base_call() {
  return {
      .id = "cll_2Nq7hVbXw9TzK4mRfJ3c",
      .started_at = at("2025-03-15T14:30:00Z"),
      .direction = "INBOUND",
      .from_number = "+33612345678",
      .from_name = "Camille Durand",
      .to_number = "+33185001122",
      .to_name = "Atelier Roux",
      .length_in_minutes = 5.5,
      .length = "5m 30s",
      .tags = {"to_call_back"},
      .summary = "## Devis\n- Camille veut un devis pour la cuisine\n- Rappeler jeudi",
      .one_sentence_summary = "Camille demande un devis pour sa cuisine.",
      .recording_url = "https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3",
      .transcript =
          {
              {.position = 0, .source = "AGENT", .time = at("2025-03-15T14:30:04Z"), .text = "Atelier Roux, bonjour."},
              {.position = 1,
               .source = "EXTERNAL",
               .time = at("2025-03-15T14:30:09Z"),
               .text = "Bonjour, c'est pour un devis — la cuisine."},
              {.position = 2, .source = "USER", .time = at("2025-03-15T14:31:40Z"), .text = "Je vous rappelle jeudi."},
          },
  };
}

CallCompleted body_call() {
  CallCompleted call = base_call();
  call.id = "cll-derived-906425f06c9b019551f15e7e7c57b4fa";
  call.length = "5m30s";
  call.concatenated_transcript =
      "Atelier Roux, bonjour. Bonjour, c'est pour un devis — la cuisine. Je vous rappelle jeudi.";
  return call;
}

CallCompleted v1_call() {
  CallCompleted call = base_call();
  call.result = "TRANSFERRED_AI";
  call.original_to_number = "+33185001100";
  call.original_to_name = "Standard";
  call.user_email = "paul@atelier-roux.example";
  call.data_collected = {{"budget", "\"4000 €\""}, {"roomCount", "2"}, {"urgent", "false"}};
  call.ivr_result = {{"1", "devis"}, {std::nullopt, "cuisine"}};
  call.transfer_from = TransferParty{.number = "+33185001122", .user_name = "Réception"};
  call.transfer_to =
      TransferParty{.number = "+33185001133", .user_email = "paul@atelier-roux.example", .user_name = "Paul Roux"};
  call.transfer_original_call_id = "cll_1Mp6gUaWv8SyJ3lQeI2b";
  call.concatenated_transcript = body_call().concatenated_transcript;
  return call;
}

CallCompleted v2_call() {
  CallCompleted call = v1_call();
  call.tags = {"to_call_back", "cuisine"};
  call.transfer_original_call_id = std::nullopt;
  return call;
}

MessageStored received_message() {
  return {
      .id = "msg_6Gw1xDcVb5NhTj8MkL9p",
      .sent_at = at("2025-03-15T15:02:11Z"),
      .direction = "INBOUND",
      .type = "SMS",
      .content = "Merci ! À jeudi 🙂",
      .from_number = "+33612345678",
      .from_name = "Camille Durand",
      .to_number = "+33185001122",
      .to_name = "Atelier Roux",
  };
}

MessageStored sent_message() {
  return {
      .id = "msg_6Gw1xDcVb5NhTj8MkL9q",
      .sent_at = at("2025-03-15T15:04:00Z"),
      .direction = "OUTBOUND",
      .type = "MMS",
      .content = "",
      .from_number = "+33185001122",
      .to_number = "+33612345678",
      .to_name = "Camille Durand",
  };
}

MessageStored with_id(MessageStored message, const string& id) {
  message.id = id;
  return message;
}

MessageStored by_user(MessageStored message, const string& from_number) {
  message.from_number = from_number;
  message.user_email = "paul@atelier-roux.example";
  return message;
}

ContactChanged created_contact() {
  return {
      .id = "con_8Rt2kLmNp4QsVx6YzB1d",
      .name = "Camille",
      .last_name = "Durand",
      .company = Company{.name = "Durand & Fils"},
      .emails = vector<string>{"camille@durand.example"},
      .numbers = vector<string>{"+33612345678"},
  };
}

ContactChanged updated_contact() {
  ContactChanged contact = created_contact();
  contact.company = optional<Company>();
  contact.emails = vector<string>();
  contact.numbers = vector<string>{"+33612345678", "+33145678901"};
  return contact;
}

ContactChanged v2_contact() {
  ContactChanged contact = created_contact();
  contact.company = Company{.id = "com_5Hj9wEyUt3RgDf7KaS2v", .name = "Durand & Fils"};
  contact.job_title = "Architecte";
  contact.emails = vector<string>{"camille@durand.example", "c.durand@travail.example"};
  contact.properties = vector<JsonMember>{
      {"lead_source", "\"salon\""},
      {"linkedin_url", "\"https://www.linkedin.com/in/camille-durand\""},
      {"score", "25000.00"},
  };
  return contact;
}

ContactChanged v2_contact_with_deals() {
  ContactChanged contact = v2_contact();
  contact.company = std::nullopt;
  contact.properties->insert(
      contact.properties->begin(),
      {"deals", R"([{"close_date":"2025-04-30T00:00:00","currency":"EUR","id":"dea_7Kp3","name":"Cuisine",)"
                R"("status":"qualified","value":4000}])"});
  return contact;
}

CallRinging ringing(const string& kind) {
  CallRinging event{.kind = kind, .user_email = "paul@atelier-roux.example"};
  event.started_at = at(kind == "received" ? "2025-03-15T14:29:58Z" : "2025-03-15T16:00:00Z");
  event.to_number = kind == "received" ? "+33185001122" : "+33612345678";
  if (kind == "received") {
    event.from_number = "+33612345678";
    event.contact_id = "con_8Rt2kLmNp4QsVx6YzB1d";
    event.contact_name = "Camille Durand";
    event.contact_numbers = {"+33612345678"};
    event.company = Company{.id = "com_5Hj9wEyUt3RgDf7KaS2v", .name = "Durand & Fils"};
  } else if (kind == "answered") {
    event.from_number = "+33185001122";
    event.answered_at = at("2025-03-15T16:00:11Z");
    event.direction = "OUTBOUND";
  }
  return event;
}

struct Expected {
  Event event;
  optional<string> event_time = {};
};

// The first 128 bits of the SHA-256 over "24:2025-03-15T15:02:11.000Z12:+33612345678…", taken with another program.
const string kReceivedWithoutId = "msg-derived-49553a8859bfd9ea2f9de90e1d2315d7";
const string kSentWithoutId = "msg-derived-b589ab813426e39c35d41d5cb1fabfb2";

// "<dialect>/<topic>" and what its recorded body says.
std::map<string, Expected> expectations() {
  std::map<string, Expected> all;
  for (const string dialect : {"v1", "v1_camel", "body"}) {
    const bool has_ids = dialect != "body";
    all[dialect + "/CALL_RECEIVED"] = {has_ids ? v1_call() : body_call()};
    all[dialect + "/SMS_RECEIVED"] = {has_ids ? received_message() : with_id(received_message(), kReceivedWithoutId)};
    all[dialect + "/SMS_SENT"] = {has_ids ? sent_message() : with_id(sent_message(), kSentWithoutId)};
    all[dialect + "/CONTACT_CREATED"] = {created_contact()};
    all[dialect + "/CONTACT_UPDATED"] = {updated_contact()};
    all[dialect + "/PING"] = {Noted{"PING"}};
  }
  all["mobile/call.received"] = {base_call(), "2025-03-15T14:36:02.114Z"};
  all["mobile/sms.received"] = {received_message(), "2025-03-15T15:02:12.000Z"};
  all["mobile/sms.sent"] = {sent_message(), "2025-03-15T15:04:01.000Z"};
  all["v2/call.received"] = {ringing("received"), "2025-03-15T14:29:58.310Z"};
  all["v2/call.triggered"] = {ringing("triggered"), "2025-03-15T16:00:00.200Z"};
  all["v2/call.answered"] = {ringing("answered"), "2025-03-15T16:00:11.200Z"};
  all["v2/call.completed"] = {v2_call(), "2025-03-15T14:36:02.114Z"};
  all["v2/tag.added"] = {TagChanged{.call_id = base_call().id, .tag = "cuisine"}, "2025-03-15T14:35:40.000Z"};
  all["v2/tag.removed"] = {TagChanged{.call_id = base_call().id, .tag = "cuisine", .added = false},
                           "2025-03-16T09:00:00.000Z"};
  all["v2/summary.updated"] = {
      SummaryChanged{.call_id = base_call().id, .summary = "## Devis\n- Rappeler vendredi", .version = 2},
      "2025-03-16T09:05:01.000Z"};
  all["v2/sms.received"] = {by_user(received_message(), "+33612345678"), "2025-03-15T15:02:12.000Z"};
  all["v2/sms.sent"] = {by_user(sent_message(), "ATELIERROUX"), "2025-03-15T15:04:01.000Z"};
  all["v2/contact.created"] = {v2_contact(), "2025-03-15T14:20:00.000Z"};
  all["v2/contact.updated"] = {v2_contact_with_deals(), "2025-03-17T08:00:00.000Z"};
  return all;
}

TEST(RecordedDeliveries, EveryTopicOfEveryDialectSaysWhatItShould) {
  auto expected = expectations();
  for (const Dialect dialect : kDialects) {
    for (const ingest::Topic& topic : ingest::topics_of(dialect)) {
      const string name(ingest::dialect_name(dialect)), topic_name(topic.name), key = name + '/' + topic_name;
      ASSERT_TRUE(expected.contains(key)) << "no expectation for " << key;
      Delivery delivery{.body = recorded_body(name, topic_name)};
      const Opened opened = open_and_decode(delivery);
      EXPECT_EQ(opened.opening, Opening::envelope) << key;
      EXPECT_EQ(opened.event, expected[key].event) << key;
      EXPECT_EQ(delivery.dialect, name) << key;
      EXPECT_EQ(delivery.topic, topic_name) << key;
      const auto time = delivery.event_time ? optional(format_instant(*delivery.event_time)) : std::nullopt;
      EXPECT_EQ(time, expected[key].event_time) << key;
      EXPECT_EQ(decode(delivery), opened.event) << key;
    }
  }
}

TEST(RecordedDeliveries, BelongToATopic) {
  for (const Recorded& recorded : all_recorded()) {
    const auto is_its = [&](Dialect dialect) { return ingest::dialect_name(dialect) == recorded.dialect; };
    const auto dialect = std::ranges::find_if(kDialects, is_its);
    ASSERT_NE(dialect, std::end(kDialects)) << recorded.dialect;
    EXPECT_NE(ingest::find_topic({.dialect = *dialect, .topic = recorded.topic}), nullptr)
        << recorded.dialect << '/' << recorded.topic;
  }
}

}  // namespace
}  // namespace callarchive
