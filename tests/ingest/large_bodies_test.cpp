#include "server/ingest/decode.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <ctime>
#include <functional>

// What ten times as much of the worst costs: about ten times as much, never its square. Processor time of the whole
// process is compared with itself, so that a slow machine makes no difference.

namespace callarchive {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;
constexpr double kMostTimes = 30;  // in proportion it is ten; what is quadratic has a hundred
constexpr double kNoise = 0.005;   // seconds, of opening files

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Repeats a piece until so many bytes are full; the piece may depend on its number.
string repeated(std::size_t bytes, const std::function<string(std::size_t)>& piece) {
  string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) text += piece(i);
  return text;
}

string repeated(std::size_t bytes, const string& piece) {
  return repeated(bytes, [&](std::size_t) { return piece; });
}

string sms(const string& content) {
  return R"({"topic":"SMS_SENT","data":{"id":"m","to_number":"+1","content":")" + content + "\"}}";
}

string call(const string& members) { return R"({"topic":"CALL_RECEIVED","data":{"id":"c",)" + members + "}}"; }

// Without the last comma.
string list(string elements) {
  elements.pop_back();
  return '[' + elements + ']';
}

struct Shape {
  const char* name;
  std::function<string(std::size_t bytes)> body;
};
void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

const Shape kShapes[] = {
    {"nul", [](std::size_t n) { return sms(repeated(n, "\\u0000")); }},
    {"nul_byte", [](std::size_t n) { return sms(string(n, '\0')); }},
    {"half_pairs", [](std::size_t n) { return sms(repeated(n, "\\ud83d")); }},
    {"not_utf8", [](std::size_t n) { return sms(string(n, '\xE9')); }},
    {"huge_numbers", [](std::size_t n) { return call("\"x\":" + list(repeated(n, string(60, '9') + "e999,"))); }},
    {"one_number", [](std::size_t n) { return call("\"length_in_minutes\":" + string(n, '9')); }},
    {"one_number_out_of_range", [](std::size_t n) { return call("\"id\":" + string(n, '9') + "e999999"); }},
    {"empty_objects", [](std::size_t n) { return call("\"x\":" + list(repeated(n, "{},"))); }},
    {"nested", [](std::size_t n) { return call("\"x\":" + string(n / 2, '[') + string(n / 2, ']')); }},
    {"not_closed", [](std::size_t n) { return call("\"x\":" + string(n, '[')); }},
    {"one_word", [](std::size_t n) { return sms(string(n, 'x')); }},
    {"words",
     [](std::size_t n) { return sms(repeated(n, [](std::size_t i) { return std::to_string(i * 7919) + ' '; })); }},
    {"without_spaces", [](std::size_t n) { return sms(repeated(n, "東京都")); }},
    {"marks", [](std::size_t n) { return sms('e' + repeated(n, "\xCC\x81")); }},
    {"emoji", [](std::size_t n) { return sms(repeated(n, "🙂")); }},
    {"punctuation", [](std::size_t n) { return sms(string(n, '.')); }},
    {"digits", [](std::size_t n) { return sms(repeated(n, "0612345678 ")); }},
    {"long_number", [](std::size_t n) { return call("\"from_number\":\"+" + string(n, '1') + '"'); }},
    {"long_start", [](std::size_t n) { return call("\"start_date\":\"" + string(n, '1') + '"'); }},
    {"long_id", [](std::size_t n) { return R"({"topic":"CALL_RECEIVED","data":{"id":")" + string(n, 'x') + "\"}}"; }},
    {"long_topic", [](std::size_t n) { return R"({"topic":")" + repeated(n, "é") + R"(","data":{}})"; }},
    {"tags_backwards",
     [](std::size_t n) {
       return call("\"tags\":" + list(repeated(n, [](std::size_t i) {
                     return '"' + std::to_string(9'999'999 - i) + string(50, 'x') + "\",";
                   })));
     }},
    {"equal_keys",
     [](std::size_t n) { return call(repeated(n, "\"x\":{\"y\":[\"" + string(50, 'x') + "\"]},") + "\"y\":1"); }},
    {"entries",
     [](std::size_t n) {
       return call("\"transcriptions\":" +
                   list(repeated(n, R"({"source":"USER","time":"x","text":")" + string(200, 'x') + "\"},")));
     }},
    {"text_of_speakers",
     [](std::size_t n) { return call("\"concatenated_transcript\":\"" + repeated(n, "USER: yes\\n") + '"'); }},
    {"line_of_speakers",
     [](std::size_t n) { return call("\"concatenated_transcript\":\"" + repeated(n, "x: USER:y: ") + '"'); }},
    {"colons",
     [](std::size_t n) {
       return call("\"concatenated_transcript\":\"" + string(n / 2, 'x') + repeated(n / 2, ": ") + '"');
     }},
};

class LargeBody : public testing::TestWithParam<Shape> {
 protected:
  // Decodes and stores a body of about so many bytes.
  double cost(std::size_t bytes) {
    const string body = GetParam().body(bytes);
    const test::TemporaryFolder folder;
    Archive archive({.path = folder.file("archive.db")}, decode);
    const double before = processor_seconds();
    Delivery delivery{.body = body, .received_at = 1};
    Event event = decode(delivery);
    const Receipt receipt = archive.store(delivery, std::move(event));
    const double after = processor_seconds();
    EXPECT_EQ(archive.reader().find_delivery(receipt.delivery)->body, body) << "kept byte for byte";
    return after - before;
  }
};

TEST_P(LargeBody, CostsInProportionToItsLength) {
  // Other programs only add: to share a cache costs time. So the least of several is compared, and a second chance is
  // given to what seems dear.
  double small = std::min(cost(kMegabyte), cost(kMegabyte)), large = cost(10 * kMegabyte);
  const auto is_in_proportion = [&] { return large < kMostTimes * std::max(small, kNoise); };
  for (int again = 0; again < 4 && !is_in_proportion(); ++again) {
    large = std::min(large, cost(10 * kMegabyte));
  }
  EXPECT_TRUE(is_in_proportion()) << "1 MB took " << small << " s, 10 MB " << large << " s";
  RecordProperty("ratio", std::to_string(large / std::max(small, kNoise)));
}

INSTANTIATE_TEST_SUITE_P(Worst, LargeBody, testing::ValuesIn(kShapes),
                         [](const testing::TestParamInfo<Shape>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace callarchive
