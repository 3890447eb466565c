#include "storage/search/tokenizer.h"

#include "storage/search/folding.h"
#include "storage/search/fts5.h"

#include <algorithm>
#include <cstring>

namespace callarchive::storage {
namespace {

// Of one row; a page shows far fewer.
constexpr std::size_t kMostRanges = 1000;

// The phrases that stand in a row: where each begins and how many words it has.
struct Instance {
  int column, first, words;
};

struct Locating {
  vector<Instance> instances;  // of one column, in order
  std::size_t next = 0;        // the first one that is not placed yet
  int column = 0;
  int word = 0;
  // Begun but not ended: the phrases may overlap.
  struct Open {
    int last_word;
    std::size_t begin;
  };
  vector<Open> open;
  vector<ColumnRange> ranges;
};

int place_word(void* context, int flags, const char*, int, int begin, int end) {
  auto& self = *static_cast<Locating*>(context);
  if ((flags & FTS5_TOKEN_COLOCATED) != 0) return SQLITE_OK;
  for (; self.next < self.instances.size() && self.instances[self.next].first == self.word; ++self.next) {
    self.open.push_back({self.word + self.instances[self.next].words - 1, static_cast<std::size_t>(begin)});
  }
  std::erase_if(self.open, [&](const auto& open) {
    if (open.last_word != self.word) return false;
    self.ranges.push_back({self.column, open.begin, static_cast<std::size_t>(end)});
    return true;
  });
  ++self.word;
  const bool done = self.open.empty() && self.next == self.instances.size();
  return done || self.ranges.size() >= kMostRanges ? SQLITE_DONE : SQLITE_OK;
}

int collect_instances(const Fts5ExtensionApi* api, Fts5Context* row, vector<Instance>& instances) {
  int count = 0;
  if (const int rc = api->xInstCount(row, &count); rc != SQLITE_OK) return rc;
  for (int i = 0; i < count; ++i) {
    int phrase = 0, column = 0, first = 0;
    if (const int rc = api->xInst(row, i, &phrase, &column, &first); rc != SQLITE_OK) return rc;
    instances.push_back({column, first, api->xPhraseSize(row, phrase)});
  }
  return SQLITE_OK;
}

int locate(const Fts5ExtensionApi* api, Fts5Context* row, vector<ColumnRange>& ranges) {
  vector<Instance> instances;
  if (const int rc = collect_instances(api, row, instances); rc != SQLITE_OK) return rc;
  for (int column = 0; column < api->xColumnCount(row); ++column) {
    Locating state;
    state.column = column;
    std::copy_if(instances.begin(), instances.end(), std::back_inserter(state.instances),
                 [&](const Instance& instance) { return instance.column == column; });
    if (state.instances.empty()) continue;
    const char* text = nullptr;
    int size = 0;
    if (const int rc = api->xColumnText(row, column, &text, &size); rc != SQLITE_OK) return rc;
    const int rc = api->xTokenize(row, text, size, &state, place_word);
    if (rc != SQLITE_OK && rc != SQLITE_DONE) return rc;
    ranges.insert(ranges.end(), state.ranges.begin(), state.ranges.end());
  }
  return SQLITE_OK;
}

void match_ranges(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int, sqlite3_value**) {
  vector<ColumnRange> ranges;
  if (const int rc = locate(api, row, ranges); rc != SQLITE_OK) {
    sqlite3_result_error_code(result, rc);
    return;
  }
  std::sort(ranges.begin(), ranges.end(), [](const ColumnRange& a, const ColumnRange& b) {
    return std::tie(a.column, a.begin, a.end) < std::tie(b.column, b.begin, b.end);
  });
  const auto size = static_cast<sqlite3_uint64>(ranges.size() * sizeof(ColumnRange));
  sqlite3_result_blob64(result, ranges.data(), size, SQLITE_TRANSIENT);
}

void folded(sqlite3_context* result, int, sqlite3_value** arguments) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (text == nullptr) return;
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  const string words = static_cast<const Tokenizer*>(sqlite3_user_data(result))->folded({text, size});
  sqlite3_result_text64(result, words.data(), words.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

}  // namespace

struct Tokenizer::State {
  fts5_tokenizer methods = {};
  Fts5Tokenizer* tokenizer = nullptr;
};

Tokenizer::Tokenizer(Connection& connection) : state_(std::make_unique<State>()) {
  auto* const api = fts5_of(connection);
  void* context = nullptr;
  const char* options[] = {"remove_diacritics", "2"};  // as in migrations/0006_search.sql
  int rc = api->xFindTokenizer(api, "unicode61", &context, &state_->methods);
  if (rc == SQLITE_OK) rc = state_->methods.xCreate(context, options, 2, &state_->tokenizer);
  if (rc != SQLITE_OK) throw SQLite::Exception("no unicode61 tokenizer", rc);
}

Tokenizer::~Tokenizer() { state_->methods.xDelete(state_->tokenizer); }

vector<Token> Tokenizer::tokens(std::string_view written, std::size_t limit) const {
  struct Taken {
    vector<Token> tokens;
    std::size_t limit;
  } taken{{}, limit};
  if (limit == 0 || written.empty()) return {};
  string text(written);
  spell_plainly(text);
  const auto take = [](void* context, int, const char* word, int size, int begin, int end) {
    auto& into = *static_cast<Taken*>(context);
    into.tokens.push_back(
        {string(word, static_cast<std::size_t>(size)), static_cast<std::size_t>(begin), static_cast<std::size_t>(end)});
    return into.tokens.size() < into.limit ? SQLITE_OK : SQLITE_DONE;
  };
  state_->methods.xTokenize(state_->tokenizer, &taken, FTS5_TOKENIZE_QUERY, text.data(), static_cast<int>(text.size()),
                            take);
  return std::move(taken.tokens);
}

string Tokenizer::folded(std::string_view text) const {
  string words;
  for (const auto& token : tokens(text)) (words += words.empty() ? "" : " ") += token.text;
  return words;
}

void add_search_functions(Connection& connection, const Tokenizer& tokenizer) {
  auto* const api = fts5_of(connection);
  int rc = api->xCreateFunction(api, "match_ranges", nullptr, match_ranges, nullptr);
  if (rc == SQLITE_OK) {
    rc = sqlite3_create_function_v2(connection.database().getHandle(), "folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                    const_cast<Tokenizer*>(&tokenizer), folded, nullptr, nullptr, nullptr);
  }
  if (rc != SQLITE_OK) throw SQLite::Exception("cannot add the functions of search", rc);
}

vector<ColumnRange> read_ranges(std::string_view blob) {
  vector<ColumnRange> ranges(blob.size() / sizeof(ColumnRange));
  if (!ranges.empty()) std::memcpy(ranges.data(), blob.data(), ranges.size() * sizeof(ColumnRange));
  return ranges;
}

}  // namespace callarchive::storage
