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
  return answer_whole_list(
      context, query,
      [&](Reader& reader) {
        auto versions = reader.find_contact_versions(id);
        if (versions.empty()) throw not_found("contact", id);
        return versions;
      },
      [](const ContactVersion& version) { return version.delivery; },
      [](JsonWriter& json, const ContactVersion& version) { to_json(json, version); });
}

}  // namespace callarchive::api
