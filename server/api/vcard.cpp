#include "server/api/export_format.h"
#include "server/text/time_text.h"
#include "storage/text/utf8.h"

namespace callarchive::api {
namespace {

constexpr std::size_t kLineOctets = 75;  // RFC 6350, section 3.2, and RFC 2426, section 2.6

// RFC 6350, section 3.4: a line break of any kind is \n. Other control characters but the tab have no place in a value
// (section 3.3). RFC 2426 has the same rules.
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
    while (cut > 1 && is_continuation(line[cut])) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kLineOctets - 1;  // the space counts
  }
  out.append(line).append("\r\n");
}

void append_text(string& out, const char* property, const string& value) {
  if (!value.empty()) append_line(out, property + escaped(value));
}

string company_of(const Contact& contact) { return contact.company ? contact.company->name.value_or("") : string(); }

// A card must have a formatted name: the person's, else the company's, else what there is.
string formatted_name(const Contact& contact) {
  string name = contact.name.value_or("");
  const string last_name = contact.last_name.value_or("");
  if (!name.empty() && !last_name.empty()) name += ' ';
  name += last_name;
  if (name.empty()) name = company_of(contact);
  for (const auto* list : {&contact.numbers, &contact.emails}) {
    if (name.empty() && !list->empty()) name = list->front();
  }
  return name.empty() ? contact.id : name;
}

// 2024-01-15T10:30:00.000Z in the basic format that a timestamp has in version 4.0: 20240115T103000Z.
string basic_instant(Millis at) {
  const string instant = format_instant(at);
  string basic;
  for (const char c : std::string_view(instant).substr(0, instant.find('.'))) {
    if (c != '-' && c != ':') basic += c;
  }
  return basic + 'Z';
}

class Vcard : public ExportFormat {
 public:
  explicit Vcard(VcardVersion version) : is_v4_(version == VcardVersion::v4) {}

  string content_type() const override {
    return is_v4_ ? "text/vcard; charset=utf-8" : "text/vcard; charset=utf-8; version=3.0";
  }
  void begin(string&) override {}
  std::string_view suffix() const override { return "vcf"; }
  void end(string&) override {}

  void row(string& out, const ExportRow& row) override {
    const Contact& contact = std::get<std::reference_wrapper<const Contact>>(row);
    append_line(out, "BEGIN:VCARD");
    append_line(out, is_v4_ ? "VERSION:4.0" : "VERSION:3.0");
    append_line(out, (is_v4_ ? "UID;VALUE=text:" : "UID:") + escaped(contact.id));
    append_line(out, "FN:" + escaped(formatted_name(contact)));
    append_name(out, contact);
    append_text(out, "ORG:", company_of(contact));
    append_text(out, "TITLE:", contact.job_title.value_or(""));
    for (const auto& email : contact.emails) append_text(out, is_v4_ ? "EMAIL:" : "EMAIL;TYPE=INTERNET:", email);
    for (const auto& number : contact.numbers) append_text(out, is_v4_ ? "TEL;VALUE=text:" : "TEL;TYPE=VOICE:", number);
    append_line(out, "REV:" + (is_v4_ ? basic_instant(contact.updated_at) : format_instant(contact.updated_at)));
    append_line(out, "END:VCARD");
  }

 private:
  // Version 3.0 demands the name in parts (RFC 2426, section 3.1.2), even where all of them are empty.
  void append_name(string& out, const Contact& contact) const {
    const string name = contact.name.value_or("");
    const string last_name = contact.last_name.value_or("");
    if (is_v4_ && name.empty() && last_name.empty()) return;
    append_line(out, "N:" + escaped(last_name) + ';' + escaped(name) + ";;;");
  }

  const bool is_v4_;
};

}  // namespace

std::unique_ptr<ExportFormat> make_vcard(VcardVersion version) { return std::make_unique<Vcard>(version); }

}  // namespace callarchive::api
