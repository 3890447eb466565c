#pragma once

#include "tests/support/temporary_archive.h"

#include <random>
#include <set>

namespace callarchive::test {

// What was told, in plain lists: the truth that lists and counts are compared with.
struct NaiveCall {
  string id;
  Millis at = 0;
  string direction, result, user;
  vector<string> numbers;  // canonical, all that took part
  vector<string> tags;
  std::int64_t seconds = 0;
  bool has_recording = false, has_transcript = false, has_summary = false;
  vector<string> texts;  // one for each column of the index, fields of a column one a line
};

struct NaiveMessage {
  string id;
  Millis at = 0;
  string direction, type;
  vector<string> numbers;
  vector<string> texts;
};

struct NaiveContact {
  string id;
  string name;  // both names
  string company, email;
  vector<string> numbers;
  vector<string> texts;
};

// A small archive made by chance, the same for the same seed, told through the front door, with its truth.
class NaiveArchive {
 public:
  NaiveArchive(unsigned seed, int size, ArchiveOptions options = {});

  // One more call and message, at any time of the span, and with every fourth a contact. `i` makes their ids.
  void tell(int i);
  // One more message, by a number never met: of those there are a million, in no order.
  void tell_new_number();

  TemporaryArchive archive;
  vector<NaiveCall> calls;
  vector<NaiveMessage> messages;
  vector<NaiveContact> contacts;
  vector<string> numbers;  // canonical; some are never met

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_()) % end; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  string some_text(std::size_t words);
  string spelling(const string& canonical);
  CallCompleted make_call(const string& id);
  void tell_call(int i);
  void tell_message(int i);
  void tell_contact(int i);

  std::mt19937 random_;
  int new_numbers_ = 0;
};

// 2023-10-20T00:00Z: in the span the clocks go back in Paris (29 October) and in New York (5 November).
constexpr Millis kFirstInstant = 1'697'760'000'000;
constexpr Millis kSpan = 40LL * 24 * 3'600'000;

// Whether a document answers a search text: the grammar of storage/search/grammar.h for plain words, without any index.
bool naive_match(const vector<string>& texts, const vector<string>& numbers, const string& q);

}  // namespace callarchive::test
