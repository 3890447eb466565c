#include "storage/read/search_match.h"

#include "storage/errors.h"
#include "storage/search/grammar.h"
#include "storage/search/rebuild_index.h"
#include "storage/search/vocabulary.h"
#include "storage/sqlite/connection.h"
#include "storage/text/words.h"

namespace callarchive::storage {
namespace {

// Each that is named costs memory and microseconds, so a query may name so many.
constexpr std::size_t kMostNumbers = 10000;
// FTS5 merges the places of all words with the same beginning before it answers. Up to so many words, in one search, it
// is quicker to name each of them: then the newest hits are found without looking at the others.
constexpr std::size_t kMostWords = 1000;
constexpr std::size_t kMostWordBytes = 64 << 10;
// So many are opened quickly enough to do it for row after row.
constexpr std::size_t kFewWords = 50;

string joined(const vector<string>& parts, const char* between) {
  string all;
  for (const auto& part : parts) ((all += all.empty() ? "" : between) += "(") += part + ")";
  return all;
}

// Phrases for the canonical numbers that contain the digits elsewhere than at their beginning. Numbers that are alike
// up to the end of the digits are one phrase: +1 415 … is a beginning, however many there are. A number in
// national form, 06 12 34, is +336 1234… in the archive: its zero replaces a country code of one to three digits.
// `room` says how many phrases the query may still have, and is reduced.
vector<string> phrases_of_numbers(Connection& connection, const string& digits, std::size_t& room) {
  const string rest = digits.size() > 3 && digits[0] == '0' && digits[1] != '0' ? digits.substr(1) : digits;
  auto query = connection.query(
      "SELECT min(number), substr(number, 1, upto), count(*) FROM (SELECT number, CASE"
      " WHEN instr(substr(number, 2 + plus), :digits) > 0 THEN instr(substr(number, 2 + plus), :digits) + plus + "
      "length(:digits)"
      " WHEN NOT plus THEN NULL"
      " WHEN substr(number, 3, length(:rest)) = :rest THEN 2 + length(:rest)"
      " WHEN substr(number, 4, length(:rest)) = :rest THEN 3 + length(:rest)"
      " WHEN substr(number, 5, length(:rest)) = :rest THEN 4 + length(:rest) END AS upto"
      " FROM (SELECT number, substr(number, 1, 1) = '+' AS plus FROM numbers))"
      " WHERE upto IS NOT NULL GROUP BY 2 LIMIT :most");
  query.bind(digits, rest, room + 1);
  vector<string> phrases;
  while (query.step()) {
    if (phrases.size() == room) {
      throw QueryTimeout("too many numbers contain " + digits + "; give more digits");
    }
    const bool one = query.integer(2) == 1;
    const string words = folded(query.text(one ? 0 : 1));
    if (!words.empty()) phrases.push_back('"' + words + (one ? "\"" : "\" *"));
  }
  room -= phrases.size();
  return phrases;
}

// Ten digits as people part them: 06 12 34 56 78, and 415 555 0199.
vector<string> groups_of(const string& digits) {
  if (digits.size() != 10) return {};
  string pairs = digits;
  for (const std::size_t at : {8u, 6u, 4u, 2u}) pairs.insert(at, 1, ' ');
  return {'"' + pairs + '"', '"' + digits.substr(0, 3) + ' ' + digits.substr(3, 3) + ' ' + digits.substr(6) + '"'};
}

// Digits may be in a text, in one piece or in groups, or in a number.
string expression_of(Connection& connection, const SearchTerm& term, std::size_t& numbers) {
  const string text = joined(term.phrases, " AND ");
  if (term.digits.empty()) return text;
  const string& digits = term.digits;
  vector<string> ways = {text, "\"" + digits + "\""};
  for (auto& group : groups_of(digits)) ways.push_back(std::move(group));
  const bool international = digits.starts_with("00");
  if (!international || digits.size() > 4) {
    ways.push_back("numbers : \"" + (international ? digits.substr(2) : digits) + "\" *");
  }
  const auto phrases = phrases_of_numbers(connection, digits, numbers);
  if (!phrases.empty()) ways.push_back("numbers : (" + joined(phrases, " OR ") + ")");
  return joined(ways, " OR ");
}

// Spells out beginnings, as long as there is room for more words.
class Speller {
 public:
  Speller(Connection& connection, string index) : connection_(connection), index_(std::move(index)) {}

  // Nothing if there are too many words, or one that would not be read as itself.
  optional<string> spell_out(const string& beginning) {
    const auto words = words_from(connection_, index_, beginning, kMostWords - words_);
    if (!words || words->empty()) return {};
    string any;
    for (const auto& word : *words) {
      if (folded(word) != word) return {};
      (any += any.empty() ? "\"" : " OR \"") += word + "\"";
    }
    if (bytes_ + any.size() > kMostWordBytes) return {};
    words_ += words->size();
    bytes_ += any.size();
    return any;
  }
  std::size_t words() const { return words_; }

 private:
  Connection& connection_;
  const string index_;
  std::size_t words_ = 0, bytes_ = 0;
};

// The terms of a search, each as an expression of its own.
struct Terms {
  vector<string> wanted, unwanted;

  Match match(string index, std::size_t spelled_out) const {
    if (wanted.empty()) return {std::move(index), "", joined(unwanted, " OR "), false};
    string expression = joined(wanted, " AND ");
    if (!unwanted.empty()) expression = "(" + expression + ") NOT (" + joined(unwanted, " OR ") + ")";
    const bool is_costly = spelled_out > kFewWords || expression.find('*') != string::npos;
    return {std::move(index), std::move(expression), "", is_costly};
  }
};

}  // namespace

// There are too few contacts for it to matter how often a word occurs in them. And exclusions may be checked row by
// row, which a list of words would make slow each time.
Matches match_all(Connection& connection, std::string_view text, bool asks_items) {
  Terms terms, spelled;
  const string index = index_for_queries(connection, kItemTable);
  Speller speller(connection, index);
  std::size_t numbers = kMostNumbers;
  for (const auto& term : parse_search(text)) {
    const string expression = expression_of(connection, term, numbers);
    (term.excluded ? terms.unwanted : terms.wanted).push_back(expression);
    optional<string> words;
    if (asks_items && !term.excluded && !term.beginning.empty()) words = speller.spell_out(term.beginning);
    (term.excluded ? spelled.unwanted : spelled.wanted).push_back(words.value_or(expression));
  }
  return {spelled.match(index, speller.words()), terms.match(index_for_queries(connection, kContactTable), 0)};
}

Match match_items(Connection& connection, std::string_view text) { return match_all(connection, text, true).items; }

Match match_contacts(Connection& connection, std::string_view text) {
  return match_all(connection, text, false).contacts;
}

}  // namespace callarchive::storage
