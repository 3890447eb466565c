#include "server/generate/things.h"

#include "server/text/time_text.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace callarchive::generate {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kTags[] = {"interested",     "not_interested", "to_call_back", "follow_up_later",
                                      "meeting_booked", "devis",          "urgent",       "fournisseur"};

ordered_json null_unless(bool given, ordered_json value) { return given ? std::move(value) : ordered_json(nullptr); }

// Most calls are short; a few go on for ever.
std::int64_t entry_count(Random& random) {
  if (random.chance(15)) return 0;
  std::int64_t count = 1;
  while (count < 200 && random.below(23) != 0) ++count;
  return count;
}

ordered_json make_transcript(Random& random, const Zipf& words, Language language, Millis start,
                             std::string& whole_text) {
  ordered_json entries = ordered_json::array();
  Millis time = start;
  const std::int64_t count = entry_count(random);
  for (std::int64_t i = 0; i < count; ++i) {
    const char* source = i % 2 == 1 ? "EXTERNAL" : i < 4 && random.chance(30) ? "AGENT" : "USER";
    std::string text = sentence(language, words, random);
    whole_text.append(i > 0 ? " " : "").append(text);
    time += random.between(1500, 15'000);
    entries.push_back({{"source", source}, {"time", format_instant(time)}, {"text", std::move(text)}});
  }
  return entries;
}

ordered_json make_transfer(Random& random) {
  const Line line = own_line(random.below(kOwnLines));
  return {{"number", line.number}, {"user_email", line.user_email}, {"user_name", line.name}};
}

// Which side is the person and which is the line.
void add_parties(ordered_json& data, bool is_inbound, const Person& person, const Line& line, const char* to_key,
                 bool is_known) {
  const std::string name = person.name + ' ' + person.last_name;
  data["from_number"] = is_inbound ? person.number : line.number;
  data["from_name"] = is_inbound ? null_unless(is_known, name) : ordered_json(line.name);
  data[to_key] = is_inbound ? line.number : person.number;
  data["to_name"] = is_inbound ? ordered_json(line.name) : null_unless(is_known, name);
}

}  // namespace

std::string make_id(std::string_view prefix, std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string id(prefix);
  for (const std::uint64_t half : {scramble(number), scramble(~number)}) {
    for (unsigned shift = 0; shift < 50; shift += 5) id += kDigits[(half >> shift) & 31];
  }
  return id;
}

ordered_json make_call(Random& random, const Zipf& words, const Person& person, const Line& line, std::string id,
                       Millis start) {
  std::string whole_text;
  ordered_json entries = make_transcript(random, words, person.language, start, whole_text);
  const bool is_inbound = random.chance(60), has_words = !entries.empty(), is_transferred = random.chance(6);
  const std::int64_t seconds = has_words ? static_cast<std::int64_t>(entries.size()) * 8 + random.between(1, 30) : 0;
  // Where a value takes chances, it takes them in statements of its own: the order inside one is up to the compiler.
  const auto say = [&] { return sentence(person.language, words, random); };
  const auto tag = random.one_of(kTags);
  std::string summary = "## " + say();
  for (int i = 0; i < 3; ++i) summary += "\n- " + say();
  const auto serial = id.substr(id.size() - 6);

  ordered_json data;
  data["id"] = std::move(id);
  data["start_date"] = format_instant(start);
  data["recording_url"] = null_unless(has_words, "https://storage.withallo.com/recordings/" + serial + ".mp3");
  add_parties(data, is_inbound, person, line, "to", random.chance(70));
  data["length_in_minutes"] = static_cast<double>(seconds) / 60.0;
  data["length"] = std::to_string(seconds / 60) + "m " + std::to_string(seconds % 60) + "s";
  data["tag"] = null_unless(random.chance(40), tag);
  data["summary"] = null_unless(has_words, std::move(summary));
  data["one_sentence_summary"] = null_unless(has_words, say());
  data["transcriptions"] = std::move(entries);
  data["concatenated_transcript"] = null_unless(has_words, std::move(whole_text));
  data["data_collected"] = ordered_json::object();
  if (random.chance(10)) data["data_collected"] = {{"reason", say()}, {"budget", random.between(1, 90) * 100}};
  data["ivr_result"] = ordered_json::array();
  if (random.chance(10)) {
    data["ivr_result"].push_back({{"dtmf_key", std::to_string(random.below(10))}, {"text_key", "menu"}});
  }
  data["type"] = is_inbound ? "INBOUND" : "OUTBOUND";
  data["result"] = !has_words ? "VOICEMAIL" : is_transferred ? "TRANSFERRED_EXTERNAL" : "ANSWERED";
  data["integration_id"] = nullptr;
  data["transfer_from"] = nullptr;
  data["transfer_to"] = null_unless(is_transferred, make_transfer(random));
  data["user_email"] = line.user_email;
  data["original_to_number"] = null_unless(is_inbound, line.number);
  data["original_to_name"] = null_unless(is_inbound, line.name);
  data["transfer_original_call_id"] = nullptr;
  return data;
}

ordered_json make_message(Random& random, const Zipf& words, const Person& person, const Line& line, std::string id,
                          Millis sent_at) {
  const bool is_inbound = random.chance(50), is_mms = random.chance(4);
  ordered_json data;
  data["id"] = std::move(id);
  data["direction"] = is_inbound ? "INBOUND" : "OUTBOUND";
  data["type"] = is_mms ? "MMS" : "SMS";
  data["content"] = is_mms ? std::string() : sentence(person.language, words, random);
  data["sent_at"] = format_instant(sent_at);
  add_parties(data, is_inbound, person, line, "to_number", random.chance(70));
  return data;
}

ordered_json make_contact(Random& random, const Person& person) {
  ordered_json data;
  data["id"] = person.id;
  data["name"] = person.name;
  data["last_name"] = null_unless(random.chance(90), person.last_name);
  data["company"] = null_unless(!person.company.empty() && random.chance(80), person.company);
  data["emails"] = ordered_json::array();
  if (random.chance(60)) data["emails"].push_back(person.email);
  data["numbers"] = {person.number};
  if (random.chance(10)) data["numbers"].push_back("+3314" + std::to_string(random.between(1'000'000, 9'999'999)));
  return data;
}

}  // namespace callarchive::generate
