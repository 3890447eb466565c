#include "storage/differences.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

// What was fetched from the vendor's REST API beside what webhooks said: docs/ordering.md.

namespace callarchive {
namespace {

using test::TemporaryArchive;
using ::testing::IsEmpty;

constexpr Millis kStart = 1'705'314'600'250;

CallCompleted full_call() {
  CallCompleted call{
      .id = "cll_1",
      .started_at = kStart,
      .direction = "INBOUND",
      .result = "TRANSFERRED_AI",
      .from_number = "+33 6 12 34 56 78",
      .from_name = "Marie",
      .to_number = "+14155550100",
      .to_name = "Office",
      .original_to_number = "+14155550199",
      .original_to_name = "Front desk",
      .length_in_minutes = 5.508,
      .length = "5m 30s",
      .user_email = "Noe@example.org",
      .integration_id = "crm-1",
      .tags = {"vip"},
      .summary = "A refund.",
      .one_sentence_summary = "Marie asks for a refund.",
      .recording_url = "https://storage.withallo.com/a.mp3",
      .data_collected = {{"order", "42"}},
      .ivr_result = {{"1", "sales"}},
      .transfer_from = TransferParty{"+14155550101", "a@example.org", "A"},
      .transfer_to = TransferParty{"+14155550102", "b@example.org", "B"},
      .transfer_original_call_id = "cll_0",
  };
  call.transcript = {{0, "AGENT", kStart + 1250, 1.5, 2.5, "Hello"},
                     {1, "EXTERNAL", kStart + 3250, 3.5, 4.5, "A refund!"}};
  call.concatenated_transcript = "as the vendor joined it";
  return call;
}

MessageStored full_message() {
  return {.id = "msg_1",
          .sent_at = kStart,
          .direction = "INBOUND",
          .type = "MMS",
          .content = "Hello",
          .from_number = "+33612345678",
          .from_name = "Marie",
          .to_number = "+14155550100",
          .to_name = "Office",
          .user_email = "noe@example.org"};
}

class Fetched : public ::testing::Test {
 protected:
  Fetched() {
    archive.tell(full_call());
    archive.tell(full_message());
  }
  Call call() { return *archive.reader().find_call("cll_1", true); }
  Message message() { return *archive.reader().find_message("msg_1"); }

  TemporaryArchive archive;
};

TEST_F(Fetched, APoorerCallWipesNothing) {
  const Call before = call();
  const auto as_rest = [](const std::function<void(CallCompleted&)>& say) {
    CallCompleted report{.id = "cll-1"};
    report.is_fetched = true;
    say(report);
    return report;
  };
  // Each says of one field what the vendor's coarser form has of it, or nothing at all.
  const std::vector<std::pair<const char*, std::function<void(CallCompleted&)>>> kRows = {
      {"nothing", [](CallCompleted&) {}},
      {"whole second", [](CallCompleted& report) { report.started_at = kStart / 1000 * 1000; }},
      {"coarser result", [](CallCompleted& report) { report.result = "TRANSFERRED"; }},
      {"other spelling", [](CallCompleted& report) { report.from_number = "+33612345678"; }},
      {"line that was dialled", [](CallCompleted& report) { report.to_number = "+14155550199"; }},
      {"names of today", [](CallCompleted& report) { report.from_name = "M."; }},
      {"names of today", [](CallCompleted& report) { report.to_name = "Our office"; }},
      {"whole seconds", [](CallCompleted& report) { report.length_in_minutes = 330.0 / 60; }},
      {"other case", [](CallCompleted& report) { report.user_email = "noe@EXAMPLE.org"; }},
      {"the same tags",
       [](CallCompleted& report) {
         report.tags = {"vip"};
         report.has_all_tags = true;
       }},
      {"entries without times",
       [](CallCompleted& report) {
         report.transcript = {{0, "USER", {}, {}, {}, "Hello"}, {1, "EXTERNAL", {}, {}, {}, "A refund!"}};
       }},
      {"entries with whole seconds",
       [](CallCompleted& report) {
         report.transcript = {{0, "USER", (kStart + 1000) / 1000 * 1000, {}, {}, "Hello"},
                              {1, "EXTERNAL", (kStart + 3000) / 1000 * 1000, {}, {}, "A refund!"}};
       }},
  };
  for (const auto& [name, say] : kRows) {
    const auto report = as_rest(say);
    EXPECT_THAT(find_differences(before, report), IsEmpty()) << name;
    archive.tell(report);
    EXPECT_EQ(call(), before) << name;
  }
}

TEST_F(Fetched, ACallReplacesWhatItContradictsAndNothingElse) {
  const std::vector<std::pair<const char*, std::function<void(CallCompleted&)>>> kRows = {
      {"started_at", [](CallCompleted& said) { said.started_at = kStart / 1000 * 1000 + 60'000; }},
      {"direction", [](CallCompleted& said) { said.direction = "OUTBOUND"; }},
      {"result", [](CallCompleted& said) { said.result = "VOICEMAIL"; }},
      {"from_number", [](CallCompleted& said) { said.from_number = "+33612345679"; }},
      {"to_number", [](CallCompleted& said) { said.to_number = "+14155550177"; }},
      {"length_in_minutes", [](CallCompleted& said) { said.length_in_minutes = 7; }},
      {"user_email", [](CallCompleted& said) { said.user_email = "lea@example.org"; }},
      {"tags", [](CallCompleted& said) { said.has_all_tags = true; }},
      {"summary", [](CallCompleted& said) { said.summary = "Two refunds."; }},
      {"data_collected",
       [](CallCompleted& said) {
         said.data_collected = {{"order", "43"}};
       }},
      {"transcript",
       [](CallCompleted& said) {
         said.transcript = {{0, "USER", {}, {}, {}, "Other words"}};
       }},
  };
  for (const auto& [field, say] : kRows) {
    CallCompleted report{.id = "cll-1"};
    report.is_fetched = true;
    say(report);
    const auto differences = find_differences(call(), report);
    ASSERT_EQ(differences.size(), 1u) << field;
    EXPECT_EQ(differences.front().field, field);
    archive.tell(report);
    EXPECT_THAT(find_differences(call(), report), IsEmpty()) << field;
    archive.tell(full_call());  // as it was, but for tags, which reports only add
  }
}

TEST_F(Fetched, APoorerMessageWipesNothing) {
  const Message before = message();
  MessageStored report{.id = "msg-1"};
  report.is_fetched = true;
  archive.tell(report);
  EXPECT_EQ(message(), before);
  report.sent_at = kStart / 1000 * 1000;
  report.from_number = "0033612345678";
  report.from_name = "M.";
  report.to_name = "Our office";
  report.user_email = "noe@EXAMPLE.org";
  EXPECT_THAT(find_differences(before, report), IsEmpty());
  archive.tell(report);
  EXPECT_EQ(message(), before);
  report.content = "Hello again";
  EXPECT_EQ(find_differences(before, report), (vector<Difference>{{"content", "Hello", "Hello again"}}));
}

TEST_F(Fetched, APoorerContactWipesNothing) {
  ContactChanged full{.id = "con_1"};
  full.name = "Marie";
  full.last_name = "Curie";
  full.company = Company{{}, "Acme"};
  full.job_title = "Buyer";
  full.emails = vector<string>{"marie@example.org"};
  full.numbers = vector<string>{"+33612345678"};
  full.properties = vector<JsonMember>{{"lead_source", "\"fair\""}};
  archive.tell(full);
  const auto before = *archive.reader().find_contact("con_1");
  const ContactChanged poor{.id = "con-1"};
  EXPECT_THAT(find_differences(before, poor), IsEmpty());
  archive.tell(poor);
  auto after = *archive.reader().find_contact("con_1");
  after.id = before.id;  // of two spellings the smaller one
  EXPECT_EQ(after, before);
}

TEST_F(Fetched, ALaterWebhookWithoutTimesLeavesThoseOfItsWords) {
  CallCompleted report{.id = "cll_1"};
  report.transcript = {{0, "AGENT", {}, {}, {}, "Hello"}, {1, "EXTERNAL", {}, {}, {}, "A refund!"}};
  const auto before = call();
  archive.tell(report);
  EXPECT_EQ(call(), before);
}

}  // namespace
}  // namespace callarchive
