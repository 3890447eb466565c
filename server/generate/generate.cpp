#include "server/generate/generate.h"

#include "server/generate/envelopes.h"
#include "server/generate/things.h"
#include "server/text/time_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <ostream>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>

namespace callarchive::generate {
namespace {

using ingest::Dialect;
using nlohmann::ordered_json;

class Generator {
 public:
  Generator(std::uint64_t seed, const GenerateOptions& options)
      : options_(options),
        random_(seed),
        people_(options.people),
        words_(kVocabulary),
        seed_(scramble(seed)),
        time_(options.start) {
    for (const Share& share : options.dialects) dialects_.insert(dialects_.end(), share.weight, share.dialect);
    if (dialects_.empty()) throw std::invalid_argument("no dialect has a weight");
  }

  // The next body.
  std::string next() {
    if (told_.empty()) happen();
    std::string body = std::move(told_.front());
    told_.pop();
    return body;
  }

 private:
  // One event happens, and is sent in one body or several.
  void happen() {
    time_ += random_.between(0, 2 * options_.mean_gap);
    ++number_;
    const Person who = person(people_.rank(random_));
    const Line line = own_line(random_.below(kOwnLines));
    const auto kind = random_.below(100);
    if (kind < options_.call_percent) {
      call(who, line);
    } else if (kind < options_.call_percent + options_.message_percent) {
      tell_all(Kind::message, make_message(random_, words_, who, line, make_id("msg_", seed_ + number_), time_), time_);
    } else {
      tell_all(Kind::contact, make_contact(random_, who), time_);
    }
  }

  void call(const Person& who, const Line& line) {
    const std::string id = make_id("cll_", seed_ + number_);
    const ordered_json data = make_call(random_, words_, who, line, id, time_);
    const auto minutes = data.at("length_in_minutes").get<double>();
    const Millis end = time_ + static_cast<Millis>(minutes * 60'000) + 30'000;
    const bool is_v2 = std::find(dialects_.begin(), dialects_.end(), Dialect::v2) != dialects_.end();
    if (is_v2) begin_call(data, line);
    tell_all(Kind::call, data, end);
    if (is_v2) change_call(id, who.language, end);
  }

  void begin_call(const ordered_json& data, const Line& line) {
    const bool is_inbound = data.at("type") == "INBOUND";
    ordered_json begun = {{"from_number", data.at("from_number")},
                          {"to_number", data.at("to")},
                          {"started_at", format_instant(time_ - 2000)},
                          {"user_email", line.user_email}};
    if (random_.chance(20)) told_.push(tell_v2(is_inbound ? "call.received" : "call.triggered", begun, time_));
    if (random_.chance(10)) {
      begun["answered_at"] = format_instant(time_ + 5000);
      begun["direction"] = data.at("type");
      told_.push(tell_v2("call.answered", std::move(begun), time_ + 5000));
    }
  }

  void change_call(const std::string& id, Language language, Millis end) {
    if (random_.chance(15)) told_.push(tell_v2("tag.added", {{"call_id", id}, {"tag", "vip"}}, end + 60'000));
    if (random_.chance(5)) told_.push(tell_v2("tag.removed", {{"call_id", id}, {"tag", "vip"}}, end + 120'000));
    if (random_.chance(5)) {
      ordered_json summary = {{"call_id", id}, {"content", sentence(language, words_, random_)}, {"version", 2}};
      told_.push(tell_v2("summary.updated", std::move(summary), end + 180'000));
    }
  }

  // In one of the dialects, and now and then in a second one a little later.
  void tell_all(Kind kind, const ordered_json& data, Millis sent_at) {
    told_.push(tell(kind, random_.one_of(dialects_), data, sent_at));
    if (options_.dialects.size() > 1 && random_.chance(10)) {
      told_.push(tell(kind, random_.one_of(dialects_), data, sent_at + 1000));
    }
  }

  const GenerateOptions& options_;
  Random random_;
  Zipf people_;
  Zipf words_;
  std::vector<Dialect> dialects_ = {};  // each as often as its weight says
  std::queue<std::string> told_ = {};
  std::uint64_t seed_;  // ids of different seeds do not meet
  std::uint64_t number_ = 0;
  Millis time_;
};

Share parse_share(std::string_view text) {
  const auto end = std::min(text.find('='), text.size());
  Share share;
  if (end < text.size()) {
    const auto weight = text.substr(end + 1);
    const auto [rest, error] = std::from_chars(weight.data(), weight.data() + weight.size(), share.weight);
    if (error != std::errc() || rest != weight.data() + weight.size() || share.weight > 1000) {
      throw std::invalid_argument("expected a weight up to 1000: " + std::string(text));
    }
  }
  for (const Dialect dialect : {Dialect::body, Dialect::mobile, Dialect::v1_camel, Dialect::v1, Dialect::v2}) {
    share.dialect = dialect;
    if (ingest::dialect_name(dialect) == text.substr(0, end)) return share;
  }
  throw std::invalid_argument("no such dialect: " + std::string(text.substr(0, end)));
}

}  // namespace

std::vector<Share> parse_shares(std::string_view text) {
  std::vector<Share> shares;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    shares.push_back(parse_share(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return shares;
}

void generate(std::uint64_t count, std::uint64_t seed, const GenerateOptions& options, std::ostream& out) {
  Generator generator(seed, options);
  for (; count > 0; --count) out << generator.next() << '\n';
}

}  // namespace callarchive::generate
