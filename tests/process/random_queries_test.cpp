#include "storage/text/ascii.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

// Any bytes as `q`: an answer or a refusal, in the words of this API and of nothing below it.

namespace callarchive::process {
namespace {

using http::testing::get;
using http::testing::KeptClient;

constexpr unsigned kThreads = 4;
constexpr std::array kRoutes = {"/v1/search", "/v1/calls", "/v1/messages", "/v1/contacts"};
// What means something to the grammar, to what is below it, or to the archive.
constexpr auto kPieces = std::to_array<std::string_view>(
    {"\"",     "\"",    "*",     "-",   " ",    " ",   " ",     "(",           ")",     "'",    ";",
     "--",     "^",     ":",     "+",   "{",    "}",   ",",     "%",           "_",     "\\",   "/",
     "@",      "NEAR(", "la",    "le",  "de",   "é",   "the",   "call",        " AND ", " OR ", " NOT ",
     "words:", "+336",  "06 12", "331", "東京", "ไทย", "don't", "multi-agent", "SELECT"});

using Random = std::mt19937;

unsigned below(Random& random, unsigned bound) { return static_cast<unsigned>(random() % bound); }

// RFC 3629, without surrogates.
void append_code_point(std::string& text, char32_t c) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

char32_t random_code_point(Random& random) {
  static constexpr std::array<unsigned, 4> kEnds = {0x80, 0x800, 0xd800, 0x110000};
  const char32_t c = below(random, kEnds[below(random, kEnds.size())]);
  return c >= 0xd800 && c < 0xe000 ? U'\ufffd' : c;
}

std::string random_text(Random& random) {
  std::string text;
  for (unsigned left = below(random, 12); left > 0; --left) {
    if (below(random, 2) == 0) {
      text += kPieces[below(random, kPieces.size())];
    } else {
      append_code_point(text, random_code_point(random));
    }
  }
  return text;
}

std::string random_bytes(Random& random) {
  std::string bytes(below(random, 24), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string percent_encoded(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += '%';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// How many queries: 100,000, or as RANDOM_QUERIES says.
unsigned query_count() {
  const char* text = std::getenv("RANDOM_QUERIES");
  return text == nullptr ? 100'000 : static_cast<unsigned>(std::atoi(text));
}

// Whether the refusal is one, and tells nothing of how it is searched.
void expect_plain_refusal(const Answer& answer, const std::string& target) {
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json") << target;
  const auto body = nlohmann::json::parse(answer.body);
  std::string said = body.at("detail").get<std::string>() + body.value("errors", nlohmann::json::array()).dump();
  said = ascii::lower(said);
  for (const char* word : {"sql", "fts5", "syntax error", "match"}) {
    EXPECT_THAT(said, testing::Not(testing::HasSubstr(word))) << target;
  }
}

TEST(RandomQueries, AreAnsweredOrRefusedInPlainWords) {
  const test::TemporaryFolder folder;
  import_generated(folder.file("archive.db"), 1'000);
  const Service service(folder.file("archive.db"), {"--query-timeout", "60000", "--keep-alive-seconds", "60"});
  std::atomic<unsigned> answered = 0, refused = 0;
  std::vector<std::jthread> threads;
  for (unsigned thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(thread);
      KeptClient client(service.port());
      for (unsigned n = thread; n < query_count() && !testing::Test::HasFailure(); n += kThreads) {
        const std::string text = random() % 2 == 0 ? random_text(random) : random_bytes(random);
        const std::string target =
            std::string(kRoutes[below(random, kRoutes.size())]) + "?limit=2&q=" + percent_encoded(text);
        const Answer answer = client.ask(get(target));
        EXPECT_TRUE(answer.status == 200 || answer.status == 400) << target << ": " << answer.body;
        if (answer.status == 400) expect_plain_refusal(answer, target);
        ++(answer.status == 200 ? answered : refused);
      }
    });
  }
  threads.clear();
  std::cout << answered << " answered, " << refused << " refused\n";
  EXPECT_GE(answered, query_count() / 4);
  EXPECT_GE(refused, query_count() / 8);
}

}  // namespace
}  // namespace callarchive::process
