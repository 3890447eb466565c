#include "bench/workload.h"

#include <array>
#include <cmath>
#include <ctime>

namespace callarchive::bench {
namespace {

// splitmix64: a stream of its own for each delivery (Steele, Lea, Flood: Fast splittable pseudorandom generators).
class Random {
 public:
  explicit Random(std::int64_t seed) : state_(static_cast<std::uint64_t>(seed) * 0x9e3779b97f4a7c15u + 1) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(unit() * static_cast<double>(bound)); }

 private:
  std::uint64_t state_;
};

constexpr std::int64_t kBegin = 1'577'836'800;  // 2020-01-01T00:00:00Z, seconds
constexpr std::int64_t kSpacing = 25;           // seconds between two events on average
constexpr int kEntries = 20;

// Zipf with exponent 1: the rank's logarithm is uniform.
std::string draw_word(Random& random) {
  return word(static_cast<std::int64_t>(std::exp(random.unit() * std::log(double{kWords}))) - 1);
}

std::string draw_words(Random& random, std::size_t characters) {
  std::string text = draw_word(random);
  while (text.size() < characters) text += ' ' + draw_word(random);
  return text;
}

std::string iso(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.123Z", &parts)};
}

std::string member(const char* name, const std::string& value) {
  return std::string("\"") + name + "\":\"" + value + "\",";
}

// The other party's number: a few call often, most seldom.
std::string draw_party(Random& random) {
  const double u = random.unit();
  return other_party(static_cast<std::int64_t>(u * u * u * double{kNumbers}));
}

std::string parties(Random& random, const char* to_name, bool inbound) {
  const std::string party = draw_party(random), line = own_line(static_cast<int>(random.below(4)));
  return member("from_number", inbound ? party : line) + member(to_name, inbound ? line : party);
}

// The first half of the time the first one, then the second one, and so on.
template <std::size_t n>
const char* one_of(Random& random, const std::array<const char*, n>& words) {
  std::size_t at = 0;
  while (at + 1 < n && random.below(2) == 0) ++at;
  return words[at];
}

constexpr std::array<const char*, 5> kResults = {"ANSWERED", "VOICEMAIL", "BLOCKED", "TRANSFERRED_AI", "FAILED"};
constexpr std::array<const char*, 8> kTags = {"interested", "callback", "invoice", "delivery",
                                              "complaint",  "refund",   "partner", "press"};

std::string call_data(Random& random, std::int64_t n, std::int64_t at) {
  const bool inbound = random.below(2) == 0;
  std::string data = member("id", "cll-" + std::to_string(n)) + member("start_date", iso(at)) +
                     parties(random, "to", inbound) + member("from_name", draw_words(random, 12)) +
                     "\"to_name\":null,\"length_in_minutes\":" + std::to_string(random.below(30)) + ".5," +
                     member("length", "5m 30s") + member("type", inbound ? "INBOUND" : "OUTBOUND") +
                     member("result", one_of(random, kResults)) + member("summary", draw_words(random, 300)) +
                     member("one_sentence_summary", draw_words(random, 80)) +
                     member("recording_url", "https://storage.example.com/recordings/" + std::to_string(n) + ".mp3") +
                     member("user_email", "agent" + std::to_string(random.below(20)) + "@example.com") +
                     "\"tag\":null,\"tags\":[\"" + one_of(random, kTags) +
                     "\"],\"data_collected\":{},\"ivr_result\":[]," +
                     "\"transfer_from\":null,\"transfer_to\":null,\"original_to_number\":null,\"transcriptions\":[";
  std::string joined;
  for (int i = 0; i < kEntries; ++i) {
    const std::string source = i % 2 == 0 ? "USER" : "EXTERNAL", text = draw_words(random, 70);
    data += (i == 0 ? "{" : ",{") + member("source", source) + member("time", iso(at + 15 * i)) + "\"text\":\"" + text +
            "\"}";
    joined += (i == 0 ? "" : "\\n") + source + ": " + text;
  }
  return data + "]," + "\"concatenated_transcript\":\"" + joined + "\"";
}

std::string message_data(Random& random, std::int64_t n, std::int64_t at) {
  const bool inbound = random.below(2) == 0;
  return member("id", "msg_" + std::to_string(n)) + member("direction", inbound ? "INBOUND" : "OUTBOUND") +
         member("type", "SMS") + member("sent_at", iso(at)) + parties(random, "to_number", inbound) +
         "\"from_name\":null,\"to_name\":null," + "\"content\":\"" + draw_words(random, 70) + "\"";
}

std::string contact_data(Random& random) {
  const auto rank = random.below(kNumbers);
  return member("id", "cnt-" + std::to_string(rank)) + member("name", draw_word(random)) +
         member("last_name", draw_word(random)) + member("company", draw_words(random, 12)) + "\"emails\":[\"person" +
         std::to_string(rank) + "@example.com\"],\"numbers\":[\"" + other_party(rank) + "\"]";
}

}  // namespace

Kind kind_of(std::int64_t n) {
  const auto place = n % 10;
  return place < 3 ? Kind::call : place < 9 ? Kind::message : Kind::contact;
}

std::string own_line(int which) { return "+1415555010" + std::to_string(which); }

std::string other_party(std::int64_t rank) { return "+336" + std::to_string(10'000'000 + rank * 797); }

std::string word(std::int64_t rank) {
  // Syllables, so that prefixes are shared as in a language.
  constexpr std::array<const char*, 16> kSyllables = {"ka",  "re", "mo", "ti", "su",  "lan", "ver", "po",
                                                      "chi", "da", "en", "fo", "gra", "hu",  "is",  "jo"};
  std::string text;
  auto rest = rank + 16;
  while (rest > 0) {
    text += kSyllables[static_cast<std::size_t>(rest % 16)];
    rest /= 16;
  }
  return text;
}

Webhook make_webhook(std::int64_t n) {
  Random random(n);
  const auto at = kBegin + n * kSpacing + random.below(kSpacing);
  const auto kind = kind_of(n);
  const char* topic = kind == Kind::call      ? "call.completed"
                      : kind == Kind::message ? "sms.received"
                                              : "contact.updated";
  const std::string data = kind == Kind::call      ? call_data(random, n, at)
                           : kind == Kind::message ? message_data(random, n, at)
                                                   : contact_data(random);
  return {"msg_bench" + std::to_string(n), std::string("{\"topic\":\"") + topic +
                                               "\",\"version\":\"2.0\",\"timestamp\":\"" + iso(at + 330) +
                                               "\",\"data\":{" + data + "}}"};
}

}  // namespace callarchive::bench
