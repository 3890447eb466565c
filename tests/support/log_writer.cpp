#include "tests/support/log_writer.h"

#include "server/text/time_text.h"
#include "storage/text/ascii.h"

#include <algorithm>

namespace callarchive::test {
namespace {

std::string camel_case(const std::string& name) {
  std::string camel;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '_') camel += name[i];
    else camel += ascii::upper(name[++i]);
  }
  return camel;
}

Json with_camel_case(const Json& value) {
  if (value.is_array()) {
    Json all = Json::array();
    for (const auto& element : value) all.push_back(with_camel_case(element));
    return all;
  }
  if (!value.is_object()) return value;
  Json renamed = Json::object();
  for (const auto& [key, member] : value.items()) {
    renamed[camel_case(key)] = key == "data_collected" ? member : with_camel_case(member);
  }
  return renamed;
}

// The oldest dialect has no ids of calls and messages, and another name for the tag.
Json as_body(Json data) {
  if (data.contains("transcriptions") || data.contains("start_date") || data.contains("sent_at")) data.erase("id");
  if (data.contains("tag")) {
    data["call_category"] = data["tag"];
    data.erase("tag");
  }
  return data;
}

}  // namespace

void LogWriter::write(Dialect dialect, const TopicNames& topic, Json data, Millis when, const std::string& object) {
  Json envelope;
  Sent sent;
  switch (dialect) {
    case Dialect::v2: {
      envelope = {
          {"topic", topic.v2}, {"version", "2.0"}, {"timestamp", format_instant(when)}, {"data", std::move(data)}};
      if (random_.in_hundred(4)) {
        envelope.erase("timestamp");
        sent.lane = object;
      }
      if (random_.in_hundred(90))
        sent.webhook_id = "msg_" + std::to_string(random_.below(1000)) + "x" + std::to_string(next_id_++);
      break;
    }
    case Dialect::mobile:
      envelope = {{"event", topic.mobile}, {"timestamp", format_instant(when)}, {"call", with_camel_case(data)}};
      break;
    case Dialect::v1: envelope = {{"topic", topic.v1}, {"data", std::move(data)}}; break;
    case Dialect::v1_camel: envelope = {{"topic", topic.v1}, {"data", with_camel_case(data)}}; break;
    case Dialect::body: envelope = {{"topic", topic.v1}, {"body", as_body(std::move(data))}}; break;
  }
  if (dialect != Dialect::v2 && dialect != Dialect::mobile) sent.lane = object;
  sent.body = envelope.dump(random_.in_hundred(10) ? 2 : -1);
  add(when, std::move(sent));
}

void LogWriter::write_raw(std::string body, Millis when) { add(when, {std::move(body), {}, {}}); }

std::vector<Sent> LogWriter::take() {
  std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Sent> log;
  log.reserve(all_.size());
  for (auto& [when, sent] : all_) log.push_back(std::move(sent));
  all_.clear();
  return log;
}

}  // namespace callarchive::test
