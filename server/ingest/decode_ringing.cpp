#include "server/ingest/parts.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

namespace callarchive::ingest {
namespace {

optional<string> full_name(const Fields& person) {
  auto name = person.text({"name"});
  const auto last_name = person.text({"last_name"});
  if (!last_name) return name;
  return name ? *name + ' ' + *last_name : *last_name;
}

optional<Company> read_company(const Fields& data, const nlohmann::json& value) {
  Company company{.id = Fields(value).text({"id"}), .name = data.name_of(value, {"name"})};
  return company == Company{} ? std::nullopt : std::optional(std::move(company));
}

}  // namespace

Event decode_ringing(const Fields& data, const Envelope& envelope) {
  const Fields person = data.object({"person"});
  const nlohmann::json* company = data.find({"company"});
  CallRinging ringing{
      .kind = envelope.topic.substr(envelope.topic.find('.') + 1),
      .started_at = data.instant({"started_at", "start_date"}),
      .answered_at = data.instant({"answered_at"}),
      .direction = read_direction(data, {"direction", "type"}),
      .from_number = data.text({"from_number"}),
      .to_number = data.text({"to_number", "to"}),
      .user_email = data.text({"user_email"}),
      .contact_id = person.text({"id"}),
      .contact_name = full_name(person),
      .contact_numbers = person.texts({"numbers"}),
      .company = company != nullptr ? read_company(data, *company) : std::nullopt,
  };
  if (!ringing.started_at && !ringing.answered_at && !ringing.from_number && !ringing.to_number &&
      !ringing.user_email) {
    throw DecodeError("a call without a time, a number or a user");
  }
  return ringing;
}

}  // namespace callarchive::ingest
