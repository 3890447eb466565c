#include "tests/support/delivery_log.h"

#include "server/text/time_text.h"
#include "tests/support/log_writer.h"

#include <algorithm>

namespace callarchive::test {
namespace {

constexpr Millis kBegin = 1'735'689'600'000;  // 2025-01-01, long before any arrival
constexpr Millis kSecond = 1000;
constexpr Millis kMinute = 60 * kSecond;
constexpr Millis kDay = 24 * 60 * kMinute;

constexpr TopicNames kCallEnded = {"call.completed", "CALL_RECEIVED", "call.received"};
constexpr TopicNames kMessageIn = {"sms.received", "SMS_RECEIVED", "sms.received"};
constexpr TopicNames kMessageOut = {"sms.sent", "SMS_SENT", "sms.sent"};
constexpr TopicNames kContact = {"contact.updated", "CONTACT_UPDATED", ""};
constexpr TopicNames kNewContact = {"contact.created", "CONTACT_CREATED", ""};

const std::vector<std::string> kLines = {"+33199001100", "+14155550100", "+442079460100"};
const std::vector<std::string> kUsers = {"ann@line.example", "bob@line.example", "cyd@line.example"};
const std::vector<std::string> kTags = {"interested", "to_call_back", "meeting_booked", "vip", "à rappeler", "spam"};
const std::vector<std::string> kWords = {"refund",     "rendez-vous", "café", "delivery",
                                         "今日は電話", "Müller",      "ok 👍", "devis"};
const std::vector<std::string> kResults = {"ANSWERED", "VOICEMAIL", "TRANSFERRED_AI", "FAILED", "BLOCKED"};

class LogMaker {
 public:
  explicit LogMaker(unsigned seed) : random_(seed), writer_(random_) {}

  std::vector<Sent> make() {
    for (int i = 0; i < 1150; ++i) tell_call(i);
    for (int i = 0; i < 1150; ++i) tell_message(i);
    for (int i = 0; i < 330; ++i) tell_contact(i);
    for (int i = 0; i < 150; ++i) tell_other(i);
    return writer_.take();
  }

 private:
  struct Call {
    std::string base = {};  // of the id, behind cll_ or cll-
    Millis start = 0;
    std::string direction = {};
    std::string other = {}, line = {};
    std::string user = {};
    std::string object = {};
    bool outbound() const { return direction == "OUTBOUND"; }
  };

  bool maybe(std::size_t chance = 60) { return random_.in_hundred(chance); }

  Millis some_time() {
    // A few moments in which much happens at once, so that items fall into the same millisecond.
    if (maybe(25)) return kBegin + static_cast<Millis>(random_.below(3)) * kDay;
    return kBegin + static_cast<Millis>(random_.below(90 * 24 * 3600)) * kSecond;
  }
  // Shortly after, on a coarse grid: events of one object tie.
  Millis soon_after(Millis when) { return when + static_cast<Millis>(random_.below(8)) * kMinute; }

  std::string some_number() {
    switch (random_.below(12)) {
      case 0: return "anonymous";
      case 1: return "38700";
      case 2: return "Chronopost";
      case 3: return "0033 6 39 98 10 " + std::to_string(10 + random_.below(60));
      case 4: return "+1 (628) 555-01" + std::to_string(10 + random_.below(60));
      default: return "+336399810" + std::to_string(10 + random_.below(60));
    }
  }
  std::string some_text() {
    return random_.one_of(kWords) + " " + random_.one_of(kWords) + " " + std::to_string(random_.below(4));
  }
  std::string id_of(const char* prefix, const std::string& base) {
    return prefix + std::string(maybe(70) ? "_" : "-") + base;
  }
  // A value, or that there is none, or nothing at all.
  void say(Json& data, const char* key, Json value, std::size_t chance = 60) {
    if (maybe(chance)) data[key] = std::move(value);
    else if (maybe(30)) data[key] = nullptr;
  }
  Json transfer_party() {
    Json party = Json::object();
    say(party, "number", some_number());
    say(party, "user_email", random_.one_of(kUsers));
    say(party, "user_name", some_text());
    return party;
  }
  Json transcript(Millis start) {
    Json entries = Json::array();
    const std::size_t count = random_.below(5);
    for (std::size_t i = 0; i < count; ++i) {
      entries.push_back({{"source", i % 2 == 0 ? "USER" : "EXTERNAL"},
                         {"time", format_instant(start + static_cast<Millis>(i) * kSecond)},
                         {"text", some_text()}});
    }
    return entries;
  }

  Json report(const Call& call, bool says_start) {
    Json data = {{"id", id_of("cll", call.base)}};
    if (says_start) data["start_date"] = format_instant(call.start + (maybe(15) ? kMinute : 0));
    say(data, "type", call.direction, 85);
    say(data, call.outbound() ? "to" : "from_number", call.other, 85);
    say(data, call.outbound() ? "from_number" : "to", call.line, 85);
    say(data, "from_name", some_text());
    say(data, "to_name", some_text());
    say(data, "original_to_number", some_number(), 20);
    say(data, "original_to_name", some_text(), 20);
    say(data, "length_in_minutes", static_cast<double>(random_.below(600)) / 60.0);
    say(data, "length", std::to_string(random_.below(10)) + "m 0s");
    say(data, "result", random_.one_of(kResults));
    say(data, "user_email", maybe(90) ? call.user : random_.one_of(kUsers));
    say(data, "integration_id", "crm-" + std::to_string(random_.below(3)), 20);
    say(data, "tag", random_.one_of(kTags), 30);
    say(data, "tags", Json::array({random_.one_of(kTags), random_.one_of(kTags)}), 30);
    say(data, "summary", "## " + some_text());
    say(data, "one_sentence_summary", some_text());
    say(data, "recording_url", "https://example.com/" + std::to_string(random_.below(3)) + ".mp3");
    say(data, "transcriptions", transcript(call.start));
    say(data, "concatenated_transcript", some_text(), 30);
    say(data, "data_collected",
        {{"reason", some_text()}, {"pieces", random_.below(5)}, {"nested", {{"b", 1.50}, {"a", nullptr}}}}, 30);
    say(data, "ivr_result", Json::array({{{"dtmf_key", std::to_string(random_.below(9))}, {"text_key", some_text()}}}),
        30);
    say(data, "transfer_from", transfer_party(), 15);
    say(data, "transfer_to", transfer_party(), 15);
    say(data, "transfer_original_call_id", "cll_" + std::to_string(random_.below(1150)), 15);
    return data;
  }

  void tell_call(int i) {
    Call call;
    call.base = std::to_string(i);
    call.start = some_time();
    call.direction = maybe(55) ? "INBOUND" : "OUTBOUND";
    call.other = some_number();
    call.line = random_.one_of(kLines);
    call.user = random_.one_of(kUsers);
    call.object = "call:" + call.base;
    if (maybe(15)) return tell_call_without_id(call);
    const std::size_t reports = 1 + random_.below(4);
    for (std::size_t n = 0; n < reports; ++n) {
      const std::size_t draw = random_.below(10);
      const Dialect dialect = draw < 6   ? Dialect::v2
                              : draw < 7 ? Dialect::mobile
                              : draw < 9 ? Dialect::v1
                                         : Dialect::v1_camel;
      // Without a start the call stands where it was first heard of: for what has no time of its own that is the
      // arrival, which is another one each time. So the first report names it.
      writer_.write(dialect, kCallEnded, report(call, n == 0 || maybe(70)), soon_after(call.start), call.object);
    }
    for (std::size_t n = random_.below(4); n > 0; --n) tell_tag(call);
    for (std::size_t n = random_.below(3); n > 0; --n) tell_summary(call);
    for (std::size_t n = random_.below(3); n > 0; --n) tell_ringing(call);
  }

  // Its id is made of start, numbers and direction, so only the rest may differ between reports.
  void tell_call_without_id(const Call& call) {
    const std::string object =
        "call without id:" + std::to_string(call.start) + call.direction + call.other + call.line;
    for (std::size_t n = 1 + random_.below(3); n > 0; --n) {
      Json data = report(call, false);
      data.erase("id");
      data["start_date"] = format_instant(call.start);
      data["type"] = call.direction;
      data["from_number"] = call.outbound() ? call.line : call.other;
      data["to"] = call.outbound() ? call.other : call.line;
      writer_.write(maybe() ? Dialect::body : Dialect::v1, kCallEnded, std::move(data), soon_after(call.start), object);
    }
  }

  void tell_tag(const Call& call) {
    const TopicNames topic = {maybe() ? "tag.added" : "tag.removed", "", ""};
    const Json tag = maybe() ? Json(random_.one_of(kTags)) : Json({{"id", "tag-1"}, {"name", random_.one_of(kTags)}});
    writer_.write(Dialect::v2, topic, {{"call_id", id_of("cll", call.base)}, {"tag", tag}},
                  soon_after(call.start) - 4 * kMinute, call.object);
  }

  void tell_summary(const Call& call) {
    Json data = {{"call_id", id_of("cll", call.base)}, {"content", some_text()}};
    say(data, "version", 1 + random_.below(4), 80);
    writer_.write(Dialect::v2, {"summary.updated", "", ""}, std::move(data), soon_after(call.start), call.object);
  }

  void tell_ringing(const Call& call) {
    const Millis start = call.start - 2 * kSecond + static_cast<Millis>(random_.below(3)) * 5 * kMinute;
    Json data = {{"started_at", format_instant(start)}};
    say(data, "user_email", call.user, 80);
    const std::size_t kind = random_.below(3);
    const char* topic = kind == 0 ? "call.answered" : call.outbound() ? "call.triggered" : "call.received";
    if (call.outbound() || kind == 0) data[call.outbound() ? "to_number" : "from_number"] = call.other;
    if (!call.outbound()) {
      data["from_number"] = call.other;
      data["to_number"] = call.line;
      say(data, "person", {{"id", "con_1"}, {"name", some_text()}, {"last_name", some_text()}}, 30);
      say(data, "company", {{"id", "com_1"}, {"name", some_text()}}, 30);
    }
    if (kind == 0) {
      data["answered_at"] = format_instant(start + 7 * kSecond);
      say(data, "direction", call.direction, 80);
    }
    writer_.write(Dialect::v2, {topic, "", ""}, std::move(data), start, call.object);
  }

  void tell_message(int i) {
    const std::string base = std::to_string(i);
    const Millis sent_at = some_time();
    const bool outbound = maybe(50);
    const bool has_id = maybe(85);
    const std::string other = some_number(), line = random_.one_of(kLines), first_text = some_text();
    const std::string object =
        has_id ? "message:" + base
               : "message without id:" + std::to_string(sent_at) + (outbound ? ">" : "<") + other + line + first_text;
    for (std::size_t n = 1 + random_.below(3), all = n; n > 0; --n) {
      Json data = {{"id", id_of("msg", base)}};
      if (n == all || maybe(80)) data["sent_at"] = format_instant(sent_at + (has_id && maybe(15) ? kSecond : 0));
      say(data, "direction", outbound ? "OUTBOUND" : "INBOUND", 80);
      say(data, "type", maybe(90) ? "SMS" : "MMS", 80);
      say(data, "content", maybe(95) ? some_text() : "", 80);
      say(data, "from_number", outbound ? line : other, 80);
      say(data, "to_number", outbound ? other : line, 80);
      say(data, "from_name", some_text());
      say(data, "to_name", some_text());
      say(data, "user_email", random_.one_of(kUsers), 40);
      const TopicNames& topic = outbound ? kMessageOut : kMessageIn;
      if (!has_id) {
        // The id is made of these, so they are the same in every report.
        data.erase("id");
        data["sent_at"] = format_instant(sent_at);
        data["from_number"] = outbound ? line : other;
        data["to_number"] = outbound ? other : line;
        data["direction"] = outbound ? "OUTBOUND" : "INBOUND";
        data["content"] = first_text;
        writer_.write(Dialect::body, topic, std::move(data), soon_after(sent_at), object);
        continue;
      }
      const std::size_t draw = random_.below(10);
      const Dialect dialect = draw < 6   ? Dialect::v2
                              : draw < 7 ? Dialect::mobile
                              : draw < 9 ? Dialect::v1
                                         : Dialect::v1_camel;
      writer_.write(dialect, topic, std::move(data), soon_after(sent_at), object);
    }
  }

  void tell_contact(int i) {
    const std::string base = std::to_string(i);
    const Millis born = some_time();
    const std::size_t changes = 2 + random_.below(6);
    // Two states that come again and again, as bytes too, and others.
    for (std::size_t n = 0; n < changes; ++n) {
      const std::string state = std::to_string(random_.below(2));
      Json data = {{"id", id_of("con", base)}, {"name", "Name " + state}};
      say(data, "last_name", "Last " + std::to_string(random_.below(3)));
      say(data, "emails", Json::array({"a" + state + "@mail.example", some_text()}), 80);
      say(data, "numbers", maybe(80) ? Json::array({some_number(), "+336399810" + state + "0"}) : Json::array(), 80);
      const Json company = {{"id", "com_" + state}, {"name", "Company " + std::to_string(random_.below(4))}};
      say(data, "company", maybe(50) ? company : company["name"], 70);
      const std::size_t draw = random_.below(10);
      const Dialect dialect = draw < 6   ? Dialect::v2
                              : draw < 8 ? Dialect::v1
                              : draw < 9 ? Dialect::v1_camel
                                         : Dialect::body;
      if (dialect == Dialect::v2) {
        say(data, "job_title", some_text());
        say(data, "email", "main" + state + "@mail.example");
        if (maybe(30)) data["lead_source"] = random_.one_of(kWords);
        if (maybe(30)) data["value"] = 25000.50;
        if (maybe(20))
          data = {{"person", data}, {"company", company}, {"deals", Json::array({{{"id", "dea_1"}, {"name", state}}})}};
      }
      writer_.write(dialect, n == 0 ? kNewContact : kContact, std::move(data), soon_after(born), "contact:" + base);
    }
  }

  // What has no table, or cannot be read, or only just.
  void tell_other(int i) {
    const std::string n = std::to_string(i / 2);
    const Millis when = some_time();
    switch (i % 6) {
      case 0: return writer_.write_raw(R"({"topic":"PING"})", when);
      case 1: return writer_.write_raw(R"({"topic":"line.paused","version":"2.0","data":{"n":)" + n + "}}", when);
      case 2: return writer_.write_raw("not JSON " + n, when);
      case 3: return writer_.write_raw("[" + n + "]", when);
      case 4: return writer_.write_raw(R"({"topic":"CONTACT_UPDATED","data":{"name":")" + n + R"("}})", when);
      default:
        return writer_.write_raw(R"({"topic":"sms.received","version":"2.0","timestamp":")" + format_instant(when) +
                                     R"(","data":{"id":"msg_odd)" + n + R"(","content":"\u0000 \ud83d caf)" + "\xe9" +
                                     R"(","from_number":"+3363998101)" + n.substr(0, 1) + R"("}})",
                                 when);
    }
  }

  Random random_;
  LogWriter writer_;
};

}  // namespace

std::vector<Sent> make_delivery_log(unsigned seed) { return LogMaker(seed).make(); }

}  // namespace callarchive::test
