#include "server/api/contacts.h"

#include "server/api/answer.h"
#include "server/api/filters.h"

namespace callarchive::api {

http::Response list_contacts(const Context& context, const http::Request& request) {
  Query query(request);
  const ContactFilter filter = read_contact_filter(query);
  return answer_list(
      context, query, [&](Reader& reader, const Page& page) { return reader.find_contacts(filter, page); },
      [&](Reader& reader, bool exact) { return reader.count_contacts(filter, exact); },
      [](JsonWriter& json, const Contact& contact) { to_json(json, contact); });
}

http::Response show_contact(const Context& context, const http::Request& request) {
  Query query(request);
  const string& id = request.path_parameters.at(0);
  const auto contact = open_reader(context, query).find_contact(id);
  if (!contact) throw not_found("contact", id);
  return answer_one(request, *contact);
}

http::Response list_contact_versions(const Context& context, const http::Request& request) {
  Query query(request);
  const string& id = request.path_parameters.at(0);
  std::int64_t total = 0;
  return answer_list(
      context, query,
      [&](Reader& reader, const Page& page) {
        auto versions = reader.find_contact_versions(id);
        if (versions.empty()) throw not_found("contact", id);
        total = static_cast<std::int64_t>(versions.size());
        return cut(std::move(versions), page, [](const ContactVersion& version) { return version.delivery; });
      },
      [&](Reader&, bool) { return Count{total}; },
      [](JsonWriter& json, const ContactVersion& version) { to_json(json, version); });
}

}  // namespace callarchive::api
