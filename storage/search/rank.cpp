#include "storage/search/rank.h"

#include "storage/search/fts5.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <vector>

namespace callarchive::storage {
namespace {

// As in FTS5's bm25(): https://www.sqlite.org/fts5.html#the_bm25_function
constexpr double kSaturation = 1.2;     // k1
constexpr double kLengthWeight = 0.75;  // b
constexpr double kLeastRarity = 1e-6;

constexpr int kSampleHits = 1000;
// With more phrases than this (the words with a beginning, or the numbers that contain some digits), all count as
// equally rare.
constexpr int kMostPhrases = 32;

// What is the same for all rows of a query.
struct Corpus {
  double average_words = 1;    // of a document
  std::vector<double> rarity;  // of each phrase
};

struct Sample {
  int hits = 0;
  sqlite3_int64 last = 0;
};

int take_hit(const Fts5ExtensionApi* api, Fts5Context* row, void* sample) {
  auto& taken = *static_cast<Sample*>(sample);
  taken.last = api->xRowid(row);
  return ++taken.hits < kSampleHits ? SQLITE_OK : SQLITE_DONE;
}

double rarity_of(const Sample& sample, double documents, sqlite3_int64 first, sqlite3_int64 last) {
  double hits = sample.hits;
  if (sample.hits == kSampleHits && sample.last > first && last > first) {
    hits *= static_cast<double>(last - first) / static_cast<double>(sample.last - first);
  }
  hits = std::min(hits, documents);
  return std::max(kLeastRarity, std::log((documents - hits + 0.5) / (hits + 0.5)));
}

int read_corpus(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_int64 first, sqlite3_int64 last,
                Corpus& corpus) {
  sqlite3_int64 documents = 0, words = 0;
  if (const int rc = api->xRowCount(row, &documents); rc != SQLITE_OK) return rc;
  if (const int rc = api->xColumnTotalSize(row, -1, &words); rc != SQLITE_OK) return rc;
  if (documents > 0 && words > 0) corpus.average_words = static_cast<double>(words) / static_cast<double>(documents);
  const int phrases = api->xPhraseCount(row);
  corpus.rarity.assign(static_cast<std::size_t>(phrases), 1);
  if (phrases == 1 || phrases > kMostPhrases) return SQLITE_OK;
  for (int phrase = 0; phrase < phrases; ++phrase) {
    Sample sample;
    if (const int rc = api->xQueryPhrase(row, phrase, &sample, take_hit); rc != SQLITE_OK) return rc;
    corpus.rarity[static_cast<std::size_t>(phrase)] = rarity_of(sample, static_cast<double>(documents), first, last);
  }
  return SQLITE_OK;
}

// The corpus is kept by FTS5 until the query ends.
int corpus_of(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_value** arguments, const Corpus** corpus) {
  if (auto* kept = static_cast<const Corpus*>(api->xGetAuxdata(row, 0)); kept != nullptr) {
    *corpus = kept;
    return SQLITE_OK;
  }
  auto made = std::make_unique<Corpus>();
  const int rc = read_corpus(api, row, sqlite3_value_int64(arguments[0]), sqlite3_value_int64(arguments[1]), *made);
  if (rc != SQLITE_OK) return rc;
  *corpus = made.get();
  return api->xSetAuxdata(row, made.release(), [](void* old) { delete static_cast<Corpus*>(old); });
}

// One number from how often each phrase occurs in the row, weighted by column.
int score_of(const Fts5ExtensionApi* api, Fts5Context* row, const Corpus& corpus, const std::vector<double>& weights,
             double& score) {
  int words = 0;
  if (const int rc = api->xColumnSize(row, -1, &words); rc != SQLITE_OK) return rc;
  const double length = 1 - kLengthWeight + kLengthWeight * static_cast<double>(words) / corpus.average_words;
  score = 0;
  for (int phrase = 0; phrase < static_cast<int>(corpus.rarity.size()); ++phrase) {
    Fts5PhraseIter place;
    int column = 0, word = 0;
    double times = 0;
    int rc = api->xPhraseFirst(row, phrase, &place, &column, &word);
    for (; rc == SQLITE_OK && column >= 0; api->xPhraseNext(row, &place, &column, &word)) {
      times += static_cast<std::size_t>(column) < weights.size() ? weights[static_cast<std::size_t>(column)] : 1;
    }
    if (rc != SQLITE_OK) return rc;
    score +=
        corpus.rarity[static_cast<std::size_t>(phrase)] * times * (kSaturation + 1) / (times + kSaturation * length);
  }
  return SQLITE_OK;
}

int rank(const Fts5ExtensionApi* api, Fts5Context* row, int count, sqlite3_value** arguments, double& score) {
  if (count < 2) return SQLITE_MISUSE;
  std::vector<double> weights;
  for (int i = 2; i < count; ++i) weights.push_back(sqlite3_value_double(arguments[i]));
  const Corpus* corpus = nullptr;
  if (const int rc = corpus_of(api, row, arguments, &corpus); rc != SQLITE_OK) return rc;
  return score_of(api, row, *corpus, weights, score);
}

// SQLite's C code does not expect exceptions.
void call_rank(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int count,
               sqlite3_value** arguments) {
  double score = 0;
  int rc = SQLITE_NOMEM;
  try {
    rc = rank(api, row, count, arguments, score);
  } catch (const std::bad_alloc&) {
    rc = SQLITE_NOMEM;
  }
  if (rc != SQLITE_OK) sqlite3_result_error_code(result, rc);
  else sqlite3_result_double(result, -score);
}

}  // namespace

void add_relevance(Connection& connection) {
  auto* const api = fts5_of(connection);
  if (const int rc = api->xCreateFunction(api, "relevance", nullptr, call_rank, nullptr); rc != SQLITE_OK) {
    throw SQLite::Exception("cannot add the function relevance", rc);
  }
}

std::string relevance(const std::string& table, const std::string& weights) {
  // Not of all: a few calls with a wrong date, of 1970 or 2100, would make everything seem rare or common.
  const auto outermost = [&](const char* order) {
    return "(SELECT id FROM " + table + "_docsize ORDER BY id" + order + " LIMIT 1 OFFSET 100)";
  };
  return "relevance(" + table + ", " + outermost("") + ", " + outermost(" DESC") + ", " + weights + ")";
}

}  // namespace callarchive::storage
