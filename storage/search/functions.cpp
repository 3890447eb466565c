#include "storage/search/functions.h"

#include "storage/search/fts5.h"
#include "storage/text/words.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <tuple>

namespace callarchive::storage {
namespace {

// Of one row; a page shows far fewer.
constexpr std::size_t kMostMatches = 1000;

int collect_matches(const Fts5ExtensionApi* api, Fts5Context* row, vector<MatchedWords>& matches) {
  int count = 0;
  if (const int rc = api->xInstCount(row, &count); rc != SQLITE_OK) return rc;
  for (int i = 0; i < count && matches.size() < kMostMatches; ++i) {
    int phrase = 0, column = 0, first = 0;
    if (const int rc = api->xInst(row, i, &phrase, &column, &first); rc != SQLITE_OK) return rc;
    matches.push_back({column, first, api->xPhraseSize(row, phrase)});
  }
  std::sort(matches.begin(), matches.end(), [](const MatchedWords& a, const MatchedWords& b) {
    return std::tie(a.column, a.first, a.count) < std::tie(b.column, b.first, b.count);
  });
  return SQLITE_OK;
}

// SQLite's C code does not expect exceptions, of these as of the following function.
void match_words(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int,
                 sqlite3_value**) noexcept {
  try {
    vector<MatchedWords> matches;
    if (const int rc = collect_matches(api, row, matches); rc != SQLITE_OK) {
      sqlite3_result_error_code(result, rc);
      return;
    }
    const auto size = sqlite3_uint64{matches.size()} * sizeof(MatchedWords);
    sqlite3_result_blob64(result, matches.data(), size, SQLITE_TRANSIENT);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(result);
  }
}

void fold_argument(sqlite3_context* result, int, sqlite3_value** arguments) noexcept {
  try {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
    if (text == nullptr) return;
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
    const string words = folded({text, size});
    sqlite3_result_text64(result, words.data(), words.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(result);
  } catch (const std::exception& error) {
    sqlite3_result_error(result, error.what(), -1);
  }
}

}  // namespace

void add_search_functions(Connection& connection) {
  auto* const api = fts5_of(connection);
  int rc = api->xCreateFunction(api, "match_words", nullptr, match_words, nullptr);
  if (rc == SQLITE_OK) {
    rc = sqlite3_create_function_v2(connection.database().getHandle(), "folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                    nullptr, fold_argument, nullptr, nullptr, nullptr);
  }
  if (rc != SQLITE_OK) throw SQLite::Exception("cannot add the functions of search", rc);
}

vector<MatchedWords> read_matches(std::string_view blob) {
  vector<MatchedWords> matches(blob.size() / sizeof(MatchedWords));
  if (!matches.empty()) std::memcpy(matches.data(), blob.data(), matches.size() * sizeof(MatchedWords));
  return matches;
}

}  // namespace callarchive::storage
