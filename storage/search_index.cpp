#include "storage/search_index.h"

#include "storage/sqlite.h"

#include <array>

namespace callarchive::storage {
namespace {

struct Range {
  char32_t first, last;
};
// Blocks of scripts written without spaces: Thai to Myanmar, Khmer, kana and ideographs.
constexpr std::array<Range, 12> kUnspaced = {{{0x0e00, 0x0eff},
                                              {0x0f00, 0x109f},
                                              {0x1780, 0x17ff},
                                              {0x1950, 0x19df},
                                              {0x3005, 0x3007},
                                              {0x3040, 0x30ff},
                                              {0x31f0, 0x31ff},
                                              {0x3400, 0x4dbf},
                                              {0x4e00, 0x9fff},
                                              {0xf900, 0xfaff},
                                              {0xff66, 0xff9f},
                                              {0x20000, 0x3fffd}}};

bool is_unspaced(char32_t c) {
  for (const auto& range : kUnspaced) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

// Reads one character at `at` and moves behind it; an invalid byte is a character of its own, U+FFFD.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || at + length > text.size()) {
    ++at;
    return 0xfffd;
  }
  char32_t c = length == 1 ? first : static_cast<char32_t>(first & (0x7f >> length));
  for (std::size_t i = 1; i < length; ++i) c = (c << 6) | (byte(at + i) & 0x3fu);
  at += length;
  return c;
}

// Writes the unspaced text of a document, made of the other columns of its view.
void note_unspaced(Connection& connection, const char* read, const char* write, std::int64_t key) {
  string all;
  {
    auto query = connection.query(read);
    query.bind(key);
    if (query.step()) all = query.text(0);
  }
  const string text = unspaced_characters(all);
  if (!text.empty()) connection.query(write).bind(key, text).run();
}

}  // namespace

string unspaced_characters(std::string_view text) {
  string out;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0xe0) {  // no such script below U+0800
      inside = false;
      ++at;
      continue;
    }
    const std::size_t begin = at;
    if (!is_unspaced(next_character(text, at))) {
      inside = false;
      continue;
    }
    if (!out.empty()) out += inside ? ' ' : '\n';
    out += text.substr(begin, at - begin);
    inside = true;
  }
  return out;
}

void index_item(Connection& connection, ItemKey item) {
  note_unspaced(connection,
                "SELECT coalesce(words, '') || char(10) || coalesce(summary, '') || char(10)"
                " || coalesce(one_sentence_summary, '') || char(10) || names FROM search_document WHERE item = :item",
                "INSERT INTO search_unspaced (item, text) VALUES (:item, :text)", item);
  connection
      .query("INSERT INTO search (rowid, words, summary, one_sentence_summary, names, numbers, unspaced)"
             " SELECT item, words, summary, one_sentence_summary, names, numbers, unspaced"
             " FROM search_document WHERE item = :item")
      .bind(item)
      .run();
}

void unindex_item(Connection& connection, ItemKey item) {
  connection.query("DELETE FROM search WHERE rowid = :item").bind(item).run();
  connection.query("DELETE FROM search_unspaced WHERE item = :item").bind(item).run();
}

void index_contact(Connection& connection, std::int64_t key) {
  note_unspaced(connection,
                "SELECT names || char(10) || coalesce(company, '') || char(10) || coalesce(job_title, '')"
                " FROM contact_document WHERE key = :key",
                "INSERT INTO contact_search_unspaced (key, text) VALUES (:key, :text)", key);
  connection
      .query("INSERT INTO contact_search (rowid, names, company, job_title, emails, numbers, unspaced)"
             " SELECT key, names, company, job_title, emails, numbers, unspaced FROM contact_document WHERE key = :key")
      .bind(key)
      .run();
}

void unindex_contact(Connection& connection, std::int64_t key) {
  connection.query("DELETE FROM contact_search WHERE rowid = :key").bind(key).run();
  connection.query("DELETE FROM contact_search_unspaced WHERE key = :key").bind(key).run();
}

}  // namespace callarchive::storage
