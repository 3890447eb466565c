#include "server/api/export_format.h"

#include <nlohmann/json.hpp>

namespace callarchive::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLineOctets = 75;  // RFC 6350, section 3.2

// The text of a member; empty for null.
string text_of(const Json& contact, const char* name) {
  const auto& value = contact.at(name);
  return value.is_string() ? value.get<string>() : string();
}

// RFC 6350, section 3.4: a line break of any kind is \n. Other control characters but the tab have no place in a value
// (section 3.3).
string escaped(std::string_view text) {
  string result;
  char before = '\0';
  for (const char c : text) {
    const bool ends_a_break = c == '\n' && before == '\r';
    before = c;
    if (ends_a_break) continue;
    if (c == '\n' || c == '\r') {
      result += "\\n";
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\t') || byte == 0x7f) continue;
    if (c == '\\' || c == ',' || c == ';') result += '\\';
    result += c;
  }
  return result;
}

// Folds between characters, never inside one.
void append_line(string& out, std::string_view line) {
  std::size_t room = kLineOctets;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && (static_cast<unsigned char>(line[cut]) & 0xC0u) == 0x80u) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kLineOctets - 1;  // the space counts
  }
  out.append(line).append("\r\n");
}

void append_text(string& out, const char* property, const string& value) {
  if (!value.empty()) append_line(out, property + escaped(value));
}

// A card must have a formatted name: the person's, else the company's, else what there is.
string formatted_name(const Json& contact) {
  string name = text_of(contact, "name");
  const string last_name = text_of(contact, "last_name");
  if (!name.empty() && !last_name.empty()) name += ' ';
  name += last_name;
  if (name.empty()) name = text_of(contact, "company");
  for (const char* list : {"numbers", "emails"}) {
    if (name.empty() && !contact.at(list).empty()) name = contact.at(list).front().get<string>();
  }
  return name.empty() ? text_of(contact, "id") : name;
}

class Vcard : public ExportFormat {
 public:
  string content_type() const override { return "text/vcard; charset=utf-8"; }
  void begin(string&) override {}
  void end(string&) override {}

  void row(string& out, const string& json) override {
    const auto contact = Json::parse(json);
    append_line(out, "BEGIN:VCARD");
    append_line(out, "VERSION:4.0");
    append_line(out, "UID;VALUE=text:" + escaped(text_of(contact, "id")));
    append_line(out, "FN:" + escaped(formatted_name(contact)));
    const string last_name = text_of(contact, "last_name");
    const string name = text_of(contact, "name");
    if (!name.empty() || !last_name.empty()) append_line(out, "N:" + escaped(last_name) + ';' + escaped(name) + ";;;");
    append_text(out, "ORG:", text_of(contact, "company"));
    append_text(out, "TITLE:", text_of(contact, "job_title"));
    for (const auto& email : contact.at("emails")) append_text(out, "EMAIL:", email.get<string>());
    for (const auto& number : contact.at("numbers")) append_text(out, "TEL;VALUE=text:", number.get<string>());
    append_line(out, "REV:" + revision(text_of(contact, "updated_at")));
    append_line(out, "END:VCARD");
  }

 private:
  // "2024-01-15T10:30:00.000Z" in the basic format that a timestamp has here: 20240115T103000Z.
  static string revision(std::string_view instant) {
    string basic;
    for (const char c : instant.substr(0, instant.find('.'))) {
      if (c != '-' && c != ':') basic += c;
    }
    return basic + 'Z';
  }
};

}  // namespace

std::unique_ptr<ExportFormat> make_vcard() { return std::make_unique<Vcard>(); }

}  // namespace callarchive::api
