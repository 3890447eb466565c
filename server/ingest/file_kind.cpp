#include "server/ingest/file_kind.h"

#include "storage/text/ascii.h"
#include "storage/text/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace callarchive::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// First bytes that nothing else has.
struct Signature {
  std::string_view bytes;
  std::string_view meaning;
};
constexpr Signature kCompressed[] = {
    {"\x1F\x8B", "gzip data; use `zcat FILE | callarchive import -`"},  // RFC 1952
    {{"\xFD"
      "7zXZ\0",
      6},
     "xz data; use `xzcat FILE | callarchive import -`"},  // tukaani.org/xz/xz-file-format.txt
    {"\x28\xB5\x2F\xFD", "Zstandard data; use `zstdcat FILE | callarchive import -`"},  // RFC 8878
    {"BZh", "bzip2 data; use `bzcat FILE | callarchive import -`"},
    {"PK\x03\x04", "a zip archive; use `unzip -p FILE | callarchive import -`"},  // APPNOTE.TXT, section 4.3.7
};
constexpr Signature kForeign[] = {
    {"SQLite format 3", "an SQLite database; if it is an archive, use it with --db, or `callarchive restore`"},
    {"%PDF-", "a PDF document"},
    {"BEGIN:VCARD", "vCards, as `callarchive export contacts --format vcard` writes them"},
    {"{\"manifest\":", "an export of this program: `callarchive export` wrote it"},
};

// The first columns of the CSV files of this program, and the command that writes them.
constexpr Signature kColumns[] = {
    {"id,started_at,direction,", "`callarchive export calls --format csv` or `callarchive calls --csv`"},
    {"id,sent_at,direction,", "`callarchive export messages --format csv` or `callarchive messages --csv`"},
    {"id,name,last_name,", "`callarchive export contacts --format csv` or `callarchive contacts --csv`"},
    {"call_id,started_at,position,", "`callarchive export transcripts --format csv`"},
    {"number,kind,country,", "`callarchive numbers --csv`"},
    {"kind,at,id,direction,", "`callarchive timeline --csv`"},
    {"kind,at,id,who,", "`callarchive search --csv`"},
    {"bucket,from,to,key,", "`callarchive stats --csv`"},
};

template <std::size_t size>
const Signature* find_signature(const Signature (&signatures)[size], std::string_view text) {
  const auto found = std::find_if(std::begin(signatures), std::end(signatures),
                                  [&](const Signature& one) { return text.starts_with(one.bytes); });
  return found == std::end(signatures) ? nullptr : found;
}

// With a byte order mark, or by the NUL in every second byte of ASCII.
bool is_utf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  return text.size() >= 4 && ((text[0] == '\0') != (text[1] == '\0')) && ((text[2] == '\0') == (text[0] == '\0')) &&
         ((text[3] == '\0') == (text[1] == '\0'));
}

// Whether there are bytes beyond ASCII and none of them are UTF-8. A sequence that is cut at the end says nothing.
bool is_eight_bit(std::string_view text) {
  bool has_other_bytes = false;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    if (utf8_length(text.substr(at)) > 0) return false;
    has_other_bytes = has_other_bytes || text.size() - at >= 4;
    ++at;
  }
  return has_other_bytes;
}

// The first line has separators, and the second line, if there is one, has as many.
bool is_csv(std::string_view text) {
  const auto lines = ascii::split(text.substr(0, 8 << 10), '\n');
  for (const char separator : {',', ';', '\t'}) {
    const auto count = std::count(lines[0].begin(), lines[0].end(), separator);
    const bool is_table =
        lines.size() < 2 || lines[1].empty() || std::count(lines[1].begin(), lines[1].end(), separator) >= count;
    if (count > 0 && is_table) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> describe_compressed_file(std::string_view beginning) {
  const auto* signature = find_signature(kCompressed, beginning);
  return signature ? std::optional(std::string(signature->meaning)) : std::nullopt;
}

std::optional<std::string> describe_foreign_file(std::string_view beginning) {
  if (auto compressed = describe_compressed_file(beginning)) return compressed;
  if (is_utf16(beginning)) return "UTF-16 text; use `iconv -f UTF-16 -t UTF-8 FILE | callarchive import -`";
  if (beginning.starts_with(kByteOrderMark)) beginning.remove_prefix(kByteOrderMark.size());
  const auto text = beginning.substr(std::min(beginning.find_first_not_of(" \t\r\n"), beginning.size()));
  if (text.empty()) return {};
  if (const auto* signature = find_signature(kForeign, text)) return std::string(signature->meaning);
  if (const auto* columns = find_signature(kColumns, text)) {
    return "CSV that " + std::string(columns->meaning) + " wrote";
  }
  if (text.front() == '<') {
    const bool is_html =
        ascii::starts_with_ignoring_case(text, "<!doctype html") || ascii::starts_with_ignoring_case(text, "<html");
    return is_html ? "HTML" : "XML";
  }
  const bool may_be_json = text.front() == '{' || text.front() == '[';
  if (!may_be_json && is_csv(text)) return "CSV";
  if (is_eight_bit(text)) {
    return "text in Latin-1 or another encoding of eight bits; use `iconv -f ISO-8859-1 -t UTF-8 FILE | callarchive "
           "import -`, or --keep-going if only some bytes are damaged";
  }
  return {};
}

std::optional<std::string> describe_foreign_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return {};
  const auto has = [&](std::initializer_list<const char*> names) {
    return std::all_of(names.begin(), names.end(), [&](const char* name) { return json.contains(name); });
  };
  if (has({"manifest"}) || has({"completion"})) return "an export of this program: `callarchive export` wrote it";
  if (has({"data", "page"})) return "an answer of this program's API";
  if (has({"id", "started_at", "direction"}))
    return "a row of `callarchive calls --json` or `callarchive export calls`";
  if (has({"id", "sent_at", "direction"})) {
    return "a row of `callarchive messages --json` or `callarchive export messages`";
  }
  if (has({"id", "emails", "numbers"})) {
    return "a row of `callarchive contacts --json` or `callarchive export contacts`";
  }
  if (has({"call_id", "position", "text"})) return "a row of `callarchive export transcripts`";
  if (has({"number", "kind", "country"})) return "a row of `callarchive numbers --json`";
  if (has({"kind", "at"})) return "a row of `callarchive timeline --json` or `callarchive search --json`";
  if (has({"data", "total", "has_more"})) return "an answer of `callarchive stats --json`";
  if (has({"delivery", "received_at", "sha256"})) return "an answer of GET /v1/deliveries";
  return {};
}

}  // namespace callarchive::ingest
