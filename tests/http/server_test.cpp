#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>

namespace callarchive::http::testing {
namespace {

using std::string;

TEST(Server, AnswersOnOneConnectionAgainAndAgain) {
  LiveServer live;
  RawClient client(live.port());
  for (int i = 0; i < 20; ++i) {
    client.send(get("/hello"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello");
    EXPECT_EQ(answer->headers.at("cache-control"), "no-store");
    EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff");
    EXPECT_TRUE(answer->headers.contains("date"));
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  LiveServer live;
  RawClient client(live.port());
  string all;
  for (int i = 0; i < 50; ++i) all += i % 2 ? get("/items/" + std::to_string(i)) : post("/webhook", string(i, 'x'));
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, std::to_string(i));
  }
}

TEST(Server, TakesARequestByteByByte) {
  LiveServer live;
  RawClient client(live.port());
  for (const char c : post("/webhook", "0123456789")) client.send({&c, 1});
  EXPECT_EQ(client.receive()->body, "10");
}

TEST(Server, PassesOverLineBreaksBeforeARequest) {
  LiveServer live;
  for (const std::size_t breaks : {1, 2, 3, 4, 5000}) {
    string all;
    for (std::size_t i = 0; i < breaks; ++i) all += "\r\n";
    all += get("/hello");
    RawClient client(live.port());
    client.send(all + all);
    for (int i = 0; i < 2; ++i) {
      const auto answer = client.receive();
      ASSERT_TRUE(answer) << breaks;
      EXPECT_EQ(answer->status, 200) << breaks;
    }
  }
}

TEST(Server, DecodesPathAndQueryStrictly) {
  LiveServer live;
  EXPECT_EQ(exchange(live.port(), get("/items/a%2Fb%20c+d")).body, "a/b c+d");
  const string echoed = exchange(live.port(), get("/echo?b=1+2&a=%C3%A9&b=3")).body;
  EXPECT_NE(echoed.find("path=/echo\nquery b=1 2\nquery a=é\nquery b=3\n"), string::npos) << echoed;
  for (const string bad : {"/items/%", "/items/%00", "/items/%ff", "/echo?q=%zz", "/echo?q=%00", "/echo?q=%c3"}) {
    EXPECT_EQ(exchange(live.port(), get(bad)).status, 400) << bad;
  }
}

TEST(Server, SaysWhatIsNotThere) {
  LiveServer live;
  const Answer missing = exchange(live.port(), get("/nowhere"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.at("content-type"), "application/problem+json");
  EXPECT_NE(missing.body.find("\"code\":\"not_found\""), string::npos);
  const Answer wrong = exchange(live.port(), post("/hello", "x"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD, OPTIONS");
  const Answer options = exchange(live.port(), "OPTIONS /webhook HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.at("allow"), "OPTIONS, POST");
  EXPECT_EQ(exchange(live.port(), "OPTIONS /nowhere HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
  EXPECT_EQ(exchange(live.port(), get("/items/")).status, 404);
}

TEST(Server, AddsHeadersToEveryAnswer) {
  ServerOptions options = patient();
  options.query_threads = 2;  // one stream at a time
  options.add_headers = [](const Request& request, const Route* route, Headers& headers) {
    headers.emplace_back("X-Of", request.method + ' ' + (route ? route->pattern : "-"));
  };
  LiveServer live(options);
  const auto added = [&](const string& bytes) { return exchange(live.port(), bytes).headers["x-of"]; };
  EXPECT_EQ(added(get("/hello")), "GET /hello");
  EXPECT_EQ(added(get("/throws")), "GET /throws");
  EXPECT_EQ(added(get("/nowhere")), "GET -");
  EXPECT_EQ(added(get("/items/%zz")), "GET -");
  EXPECT_EQ(added(post("/hello", "x")), "POST -");
  EXPECT_EQ(added("no head\r\n\r\n"), " -");
  RawClient reader(live.port());
  reader.set_receive_buffer(64 << 10);
  reader.send(get("/stream"));
  string head;
  while (head.find("\r\n\r\n") == string::npos) head += reader.read_some(1);
  EXPECT_NE(head.find("X-Of: GET /stream\r\n"), string::npos) << head;
  EXPECT_EQ(added(get("/stream")), "GET /stream");  // 503
}

TEST(Server, AnswersHeadWithoutABody) {
  LiveServer live;
  RawClient client(live.port());
  for (const string path : {"/large", "/stream"}) {
    client.send("HEAD " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_EQ(client.receive(false)->status, 200) << path;
  }
  client.send("HEAD /large HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));
  EXPECT_EQ(client.receive(false)->headers.at("content-length"), "1048576");
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Server, TakesASaneRequestIdAndMakesOneOtherwise) {
  LiveServer live;
  const auto id_for = [&](const string& header) {
    return exchange(live.port(), get("/hello", header)).headers.at("x-request-id");
  };
  EXPECT_EQ(id_for("X-Request-Id: abc.DEF_1-2\r\n"), "abc.DEF_1-2");
  for (const string bad : {"", "X-Request-Id: \r\n", "X-Request-Id: a b\r\n", "X-Request-Id: a%0d%0ab\r\n"}) {
    EXPECT_EQ(id_for(bad).size(), 16u) << bad;
  }
  EXPECT_EQ(id_for("X-Request-Id: " + string(65, 'a') + "\r\n").size(), 16u);
  EXPECT_EQ(exchange(live.port(), "nonsense\r\n\r\n").headers.at("x-request-id").size(), 16u);
}

TEST(Server, BelievesTrustedProxiesAboutTheClient) {
  ServerOptions options = patient();
  options.trusted_proxies = {"10.0.0.0/8", "127.0.0.1"};
  LiveServer live(options);
  const string echoed = exchange(live.port(), get("/echo", "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n")).body;
  EXPECT_NE(echoed.find("from=192.0.2.7\n"), string::npos) << echoed;
  options.trusted_proxies = {"proxy.example"};
  EXPECT_THROW(Server(options, {}, nullptr, nullptr), std::invalid_argument);
}

TEST(Server, KeepsTheTextOfExceptionsToItself) {
  LiveServer live;
  const Answer answer = exchange(live.port(), get("/throws"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("internal_error"), string::npos);
  EXPECT_EQ(answer.body.find("secret"), string::npos);
  for (const auto& [name, value] : answer.headers) EXPECT_EQ(value.find("secret"), string::npos) << name;
  EXPECT_EQ(live.failures(), std::vector<string>{"the secret"});
}

}  // namespace
}  // namespace callarchive::http::testing
