#include "server/http/head.h"

#include <gtest/gtest.h>

namespace callarchive::http {
namespace {

using std::string;

const HeadLimits kLimits;

// The status a head is refused with; 0 when it is taken.
int refusal(const string& head) {
  try {
    parse_head(head, kLimits);
    return 0;
  } catch (const HttpError& error) {
    return error.status();
  }
}

string post(const string& headers) { return "POST /w HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"; }
string get(const string& headers) { return "GET /w HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"; }

TEST(Head, IsRead) {
  const Head head =
      parse_head("POST /w?a=%20 HTTP/1.1\r\nHOST: h\r\nX-Id:  a%0d%0ab \r\nContent-Length: 12\r\n\r\n", kLimits);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/w?a=%20");
  EXPECT_EQ(head.header("host"), "h");
  EXPECT_EQ(head.header("x-id"), "a%0d%0ab");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.keep_alive);
}

TEST(Head, KnowsWhetherTheConnectionGoesOn) {
  const auto keeps = [](const string& version, const string& headers) {
    return parse_head("GET / HTTP/" + version + "\r\nHost: h\r\n" + headers + "\r\n", kLimits).keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: TE, Close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(Head, RefusesWhatTwoReadersCouldReadDifferently) {
  const std::pair<string, int> rows[] = {
      {post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {post("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {post("Content-Length: 5, 5\r\n"), 400},
      {post("Content-Length: -1\r\n"), 400},
      {post("Content-Length: +5\r\n"), 400},
      {post("Content-Length: 0x5\r\n"), 400},
      {post("Content-Length: \r\n"), 400},
      {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post("Transfer-Encoding: gzip\r\n"), 400},
      {get("Transfer-Encoding: chunked\r\n"), 400},
      {post("Content-Length: 10485761\r\n"), 413},
      {post("Content-Length: 99999999999999999999999\r\n"), 413},
      {post("Content-Length: 5\r\nContent-Encoding: gzip\r\n"), 415},
      {post("Content-Length: 5\r\nContent-Type: Multipart/Form-Data; boundary=x\r\n"), 415},
      {post("Content-Length: 5\r\nExpect: magic\r\n"), 417},
      {get("Content-Length: 5\r\n"), 400},
      {"DELETE /w HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n", 400},
      {"HEAD /w HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n", 400},
      {get("A: b\r\n c\r\n"), 400},
      {get("A : b\r\n"), 400},
      {get(": b\r\n"), 400},
      {get("A\r\n"), 400},
      {get("A: b\nC: d\r\n"), 400},
      {get("A: b\rC: d\r\n"), 400},
      {get(string("A: b\0c\r\n", 8)), 400},
      {get("A: \x1b[31m\r\n"), 400},
      {get("Host: h2\r\n"), 400},
      {"GET /w HTTP/1.1\r\n\r\n", 400},
      {"GET  /w HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /w\tx HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /w HTTP/1.1 x\r\nHost: h\r\n\r\n", 400},
      {"GET /w\r\n\r\n", 400},
      {"GET http://a@h/w HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"G(T /w HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /w HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"GET /w HTTP/0.9\r\nHost: h\r\n\r\n", 505},
      {"GET /w http/1.1\r\nHost: h\r\n\r\n", 400},
  };
  for (const auto& [head, status] : rows) EXPECT_EQ(refusal(head), status) << head;
}

TEST(Head, TakesWhatIsHarmless) {
  for (const string& head : {get("Content-Length: 0\r\n"), post("Content-Length: 0\r\n"), get("Empty:\r\n"),
                             post("Content-Length: 5\r\nContent-Encoding: Identity\r\n"), get("A: caf\xc3\xa9\tb\r\n"),
                             string("GET /w HTTP/1.0\r\n\r\n"), post("Content-Length: 10485760\r\n")}) {
    EXPECT_EQ(refusal(head), 0) << head;
  }
}

TEST(Head, HasBounds) {
  EXPECT_EQ(refusal("GET /" + string(8192, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
  EXPECT_EQ(refusal(get("A: " + string(32768, 'a') + "\r\n")), 431);
  string many;
  for (int i = 0; i < 99; ++i) many += "A: b\r\n";
  EXPECT_EQ(refusal(get(many)), 0);
  EXPECT_EQ(refusal(get(many + "A: b\r\n")), 431);
}

TEST(Head, IsRefusedBeforeItIsWhole) {
  EXPECT_NO_THROW(check_unfinished_head("GET /" + string(8000, 'a'), kLimits));
  EXPECT_THROW(check_unfinished_head("GET /" + string(9000, 'a'), kLimits), HttpError);
  EXPECT_NO_THROW(check_unfinished_head("GET / HTTP/1.1\r\nA: " + string(30000, 'a'), kLimits));
  EXPECT_THROW(check_unfinished_head("GET / HTTP/1.1\r\nA: " + string(33000, 'a'), kLimits), HttpError);
}

TEST(Head, LeavesOutWhatOthersTakeForTheConnectionsOwn) {
  const Head head = parse_head(get("REMOTE_ADDR: 1.2.3.4\r\nremote-port: 1\r\nLOCAL_ADDR: x\r\nLocal_Port: 1\r\n"
                                   "Kept: y\r\n"),
                               kLimits);
  EXPECT_EQ(head.headers.size(), 2u);
  EXPECT_EQ(head.header("kept"), "y");
}

TEST(Head, EndIsFoundHoweverItArrives) {
  const string whole = get("A: b\r\n");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    std::size_t scanned = 0;
    EXPECT_EQ(find_head_end(std::string_view(whole).substr(0, cut), scanned), 0u) << cut;
    EXPECT_EQ(find_head_end(whole + "rest", scanned), whole.size()) << cut;
  }
}

// Whatever the bytes, the answer is a head or an HttpError.
TEST(Head, SurvivesEveryCutAndEveryFlippedByte) {
  const string whole = post("Content-Length: 5\r\nConnection: close\r\nExpect: 100-continue\r\n");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    refusal(whole.substr(0, i) + "\r\n\r\n");
    for (const char flip : {'\x01', '\x20', '\x80', '\xff'}) {
      string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      std::size_t scanned = 0;
      if (find_head_end(changed, scanned) == changed.size()) refusal(changed);
    }
  }
}

}  // namespace
}  // namespace callarchive::http
