#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>

// The holes of the packaged library (docs/security.md), tried on the running server.

namespace callarchive::http::testing {
namespace {

using std::string;

TEST(Fences, RefuseOddRequestsAndCloseTheConnection) {
  LiveServer live;
  const string chunked = "POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";
  const string webhook = "POST /webhook HTTP/1.1\r\nHost: h\r\n";
  const std::pair<string, int> rows[] = {
      {chunked + "Content-Length: 5\r\n\r\nhello", 400},
      {chunked + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {webhook + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {webhook + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
      {webhook + "Transfer-Encoding: identity\r\n\r\nhello", 400},
      {webhook + "Transfer-Encoding: \x0b"
                 "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /webhook HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {chunked + "Content-Encoding: gzip\r\n\r\n0\r\n\r\n", 415},
      {"POST /hello HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 405},
      {chunked + "\r\n-2\r\n", 400},
      {chunked + "\r\n5;" + string(100000, 'x'), 400},
      {chunked + "\r\n" + string(100000, '0'), 400},
      {chunked + "\r\nfffffffff\r\n", 400},
      {chunked + "\r\nffffffff\r\n", 413},
      {chunked + "\r\n0x5\r\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n 5\r\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n5 \r\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n5;a\x01=b\r\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n5\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n5;\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n;a=b\r\n\r\n", 400},
      {chunked + "\r\n\r\n\r\n", 400},
      {chunked + "\r\n5\r\nhello\n0\r\n\r\n", 400},
      {chunked + "\r\n5\r\nhelloo\r\n0\r\n\r\n", 400},
      {chunked + "\r\n0\r\nX-Trailer: x\r\n\r\n", 400},
      {chunked + "\r\n0\r\n" + get("/items/smuggled"), 400},
      {"GET http://user@h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET http:///hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET ftp://h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET http://h/hello HTTP/1.1\r\n\r\n", 400},
      {webhook + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {webhook + "Content-Length: -1\r\n\r\n", 400},
      {webhook + "Content-Length: 99999999999\r\n\r\n", 413},
      {webhook + "\r\nhello", 411},
      {post("/webhook", "x", "Content-Encoding: gzip\r\n"), 415},
      {post("/webhook", "x", "Content-Encoding: br\r\n"), 415},
      {post("/webhook", "x", "Content-Type: multipart/form-data; boundary=b\r\n"), 415},
      {get("/hello", "A: b\r\n folded\r\n"), 400},
      {"GET /hello HTTP/1.1\nHost: h\n\r\n\r\n", 400},
      {"GET /" + string(20000, 'a'), 414},
      {"GET / HTTP/1.1\r\nA: " + string(100000, 'a'), 431},
      {"GET / HTTP/1.1\r\n" + string(40000, 'a'), 431},
      {"\x16\x03\x01\x02\x01hello\r\n\r\n", 400},
      {post("/nowhere", "x"), 404},
      {post("/hello", "x"), 405},
      {"POST /hello HTTP/1.1\r\nHost: h\r\n\r\n", 405},
      {"POST /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", 404},
  };
  for (const auto& [request, status] : rows) {
    RawClient client(live.port());
    client.send(request + get("/items/smuggled"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << request.substr(0, 200);
    EXPECT_EQ(answer->status, status) << request.substr(0, 200);
    EXPECT_EQ(answer->headers.at("connection"), "close");
    EXPECT_FALSE(client.receive()) << "a second answer to " << request.substr(0, 200);
  }
  EXPECT_FALSE(live.observed().contains("/items/{id}"));
}

// As tunnels and proxies send a webhook whose length they do not know.
TEST(Fences, AcceptAChunkedBodyHoweverItsBytesArrive) {
  const string body =
      "POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5\r\nhello\r\n0006;name=\"value\";x\r\n world\r\n0\r\n\r\n";
  const string both = body + get("/items/next");
  LiveServer live;
  for (std::size_t cut = 1; cut < both.size(); ++cut) {
    RawClient client(live.port());
    client.send(both.substr(0, cut));
    client.send(both.substr(cut));
    EXPECT_EQ(client.receive().value_or(Answer{}).body, "11") << cut;
    EXPECT_EQ(client.receive().value_or(Answer{}).body, "next") << cut;
  }
}

TEST(Fences, AskForAChunkedBodyToo) {
  LiveServer live;
  RawClient client(live.port());
  client.send("POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(Answer{}).status, 100);
  client.send("5\r\nhello\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(Answer{}).body, "5");
}

TEST(Fences, CountAChunkedBodyWhileItArrives) {
  ServerOptions options = patient();
  options.max_body_bytes = 1000;
  LiveServer live(options);
  const string head = "POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const string half = "1f4\r\n" + string(500, 'x') + "\r\n";
  EXPECT_EQ(exchange(live.port(), head + half + half + "0\r\n\r\n").body, "1000");
  EXPECT_EQ(exchange(live.port(), head + half + half + "1\r\n").status, 413);
}

// CVE-2023-39326: a body of a few bytes that never ends, since each of them brings a long extension.
TEST(Fences, BoundWhatFramingAddsToAChunkedBody) {
  LiveServer live;
  RawClient client(live.port());
  client.send("POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const string chunk = "1;" + string(200, 'x') + "\r\ny\r\n";
  int sent = 0;
  while (sent < 1000 && client.send(chunk)) ++sent;
  EXPECT_EQ(client.receive().value_or(Answer{}).status, 400);
  // The smallest chunks without extensions are no attack.
  string body;
  for (int i = 0; i < 20000; ++i) body += "1\r\ny\r\n";
  const string head = "POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(exchange(live.port(), head + body + "0\r\n\r\n").body, "20000");
}

// RFC 9112, 3.2.2: as proxies are asked. The authority of the target takes the place of Host.
TEST(Fences, AcceptATargetInAbsoluteForm) {
  LiveServer live;
  const auto echoed = [&](const string& target) {
    return exchange(live.port(), "GET " + target + " HTTP/1.1\r\nHost: other\r\n\r\n").body;
  };
  const string expected = "path=/echo\nquery a=b\nheader host=calls.example:8443\nfrom=127.0.0.1\n";
  EXPECT_EQ(echoed("http://calls.example:8443/echo?a=b"), expected);
  EXPECT_EQ(echoed("HTTPS://calls.example:8443/echo?a=b"), expected);
  EXPECT_EQ(exchange(live.port(), "GET http://h?a HTTP/1.1\r\nHost: h\r\n\r\n").status, 404) << "the path is /";
}

// CVE-2026-34441: the packaged library answers the body of a GET as a request of its own.
TEST(Fences, TakeNoBodyOfAGetForTheNextRequest) {
  LiveServer live;
  for (const string method : {"GET", "HEAD", "DELETE"}) {
    const string body = get("/items/smuggled");
    RawClient client(live.port());
    client.send(method + " /hello HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    EXPECT_EQ(client.receive(method != "HEAD")->status, 400) << method;
    client.send(body);
    EXPECT_TRUE(client.is_closed_by_server()) << method;
  }
  EXPECT_FALSE(live.observed().contains("/items/{id}"));
}

TEST(Fences, RefuseALargeBodyBeforeItIsSent) {
  ServerOptions options = patient();
  options.max_body_bytes = 1000;
  LiveServer live(options);
  EXPECT_EQ(exchange(live.port(), "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n").status, 413);
  EXPECT_EQ(exchange(live.port(), post("/webhook", string(1000, 'x'))).body, "1000");
}

// Closing at once would reset the connection, and the client would see an error instead of the answer.
TEST(Fences, ARefusalReachesAClientThatGoesOnSending) {
  LiveServer live;
  RawClient client(live.port());
  client.send("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 12000000\r\n\r\n");
  EXPECT_TRUE(client.send(string(12000000, 'x'))) << "the connection was reset";
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

// CVE-2026-45372: the packaged library decodes %0d%0a in header values.
TEST(Fences, HandHeaderValuesOnAsSent) {
  LiveServer live;
  const string echoed = exchange(live.port(), get("/echo", "X-Sig: a%0d%0aX-Evil: b%00\r\n")).body;
  EXPECT_NE(echoed.find("header x-sig=a%0d%0aX-Evil: b%00\n"), string::npos) << echoed;
}

// CVE-2025-66570: a client's REMOTE_ADDR header shadows the real address.
TEST(Fences, BelieveNoForgedAddress) {
  LiveServer live;
  const string echoed =
      exchange(live.port(),
               get("/echo", "REMOTE_ADDR: 6.6.6.6\r\nRemote-Addr: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.7\r\n"))
          .body;
  EXPECT_EQ(echoed.find("6.6.6.6"), string::npos) << echoed;
  EXPECT_NE(echoed.find("from=127.0.0.1\n"), string::npos) << echoed;
}

// The packaged library cuts any handler's answer by Range, two thousand times if asked.
TEST(Fences, IgnoreRange) {
  LiveServer live;
  string ranges = "bytes=0-0";
  for (int i = 0; i < 2000; ++i) ranges += ",0-0";
  const string headers = "Range: " + ranges + "\r\nIf-Range: x\r\n";
  const Answer answer = exchange(live.port(), get("/hello", headers));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(exchange(live.port(), get("/echo", headers)).body.find("range"), string::npos) << "no handler is shown it";
}

// CVE-2023-26130 and its kind.
TEST(Fences, LetNoHandlerBreakALine) {
  LiveServer live;
  RawClient client(live.port());
  client.send(get("/bad-header"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_FALSE(answer->headers.contains("set-cookie"));
  EXPECT_EQ(live.failures().size(), 1u);
}

TEST(Fences, EndARequestThatIsNeverFinished) {
  ServerOptions options = patient();
  options.request_seconds = 1;
  LiveServer live(options);
  RawClient silent(live.port());
  RawClient half_head(live.port());
  RawClient half_body(live.port());
  half_head.send("GET /hello HTTP/1.1\r\nHos");
  half_body.send("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(half_head.receive()->status, 408);
  EXPECT_EQ(half_body.receive()->status, 408);
  EXPECT_TRUE(half_head.is_closed_by_server());
  EXPECT_TRUE(silent.is_closed_by_server());
}

// The packaged library's read timeout begins anew with every byte.
TEST(Fences, DrippingBuysNoTime) {
  const std::pair<string, string> openings[] = {
      {"GET /hello HTTP/1.1\r\nX: ", "-"},
      {"POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n", "/webhook"},
      {"POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n", "/webhook"},
  };
  for (const auto& [opening, route] : openings) {
    ServerOptions options = patient();
    options.request_seconds = 1;
    LiveServer live(options);
    RawClient client(live.port());
    client.send(opening);
    // Each answered query takes a while, so this drips until the server has had enough.
    bool refused = false;
    while (!refused && client.send("x")) {
      exchange(live.port(), get("/hello"));
      const auto observed = live.observed();
      refused = observed.contains(route);
    }
    EXPECT_EQ(client.receive().value_or(Answer{}).status, 408) << route;
  }
}

TEST(Fences, EndAnIdleConnection) {
  ServerOptions options = patient();
  options.keep_alive_seconds = 1;
  LiveServer live(options);
  RawClient client(live.port());
  client.send(get("/hello"));
  EXPECT_EQ(client.receive()->status, 200);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Fences, EndAConnectionAfterItsShareOfRequests) {
  ServerOptions options = patient();
  options.keep_alive_requests = 3;
  LiveServer live(options);
  RawClient client(live.port());
  for (int i = 1; i <= 3; ++i) {
    client.send(get("/hello"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->headers.contains("connection"), i == 3) << i;
  }
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Fences, AskForTheBodyOfAnExpectantClientOnlyWhenItWillBeTaken) {
  LiveServer live;
  RawClient client(live.port());
  client.send("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 100);
  client.send("hello");
  EXPECT_EQ(client.receive()->body, "5");
  RawClient refused(live.port());
  refused.send("POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused.receive()->status, 405);
}

}  // namespace
}  // namespace callarchive::http::testing
