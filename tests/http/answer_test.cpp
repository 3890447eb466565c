#include "server/http/gzip.h"
#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace callarchive::http::testing {
namespace {

using std::string;

string unzip(const string& compressed) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  string text;
  string piece(1u << 20, '\0');
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece, 0, piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return state == Z_STREAM_END ? text : "not a whole gzip member";
}

TEST(Answer, IsCompressedWhenAskedFor) {
  LiveServer live;
  const Answer answer = exchange(live.port(), get("/large", "Accept-Encoding: br, gzip\r\n"));
  EXPECT_EQ(answer.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(answer.headers.at("vary"), "Accept-Encoding");
  EXPECT_LT(answer.body.size(), 20000u);
  EXPECT_EQ(unzip(answer.body), string(1u << 20, 'x'));
}

TEST(Answer, IsNotCompressedAgain) {
  LiveServer live;
  const Answer answer = exchange(live.port(), get("/precompressed", "Accept-Encoding: gzip\r\n"));
  EXPECT_FALSE(answer.headers.contains("content-encoding"));
  EXPECT_EQ(answer.body.size(), 1u << 20);
}

TEST(Answer, IsPlainOtherwise) {
  LiveServer live;
  EXPECT_FALSE(exchange(live.port(), get("/large")).headers.contains("content-encoding"));
  EXPECT_FALSE(
      exchange(live.port(), get("/large", "Accept-Encoding: gzip;q=0\r\n")).headers.contains("content-encoding"));
  EXPECT_FALSE(exchange(live.port(), get("/hello", "Accept-Encoding: gzip\r\n")).headers.contains("content-encoding"));
}

TEST(Answer, AcceptEncodingIsRead) {
  for (const string yes : {"gzip", "br, gzip", "gzip;q=0.5", "*", "deflate , gzip ; q=1", "identity, x-gzip"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const string no : {"", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzipped", ",,"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
}

TEST(Answer, IsStreamedWhole) {
  LiveServer live;
  RawClient client(live.port());
  client.send(get("/stream"));
  const auto plain = client.receive();
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(plain->body.size(), 64u << 20);
  client.send(get("/stream", "Accept-Encoding: gzip\r\n"));
  const auto compressed = client.receive();
  ASSERT_TRUE(compressed);
  EXPECT_TRUE(unzip(compressed->body) == plain->body);
  client.send(get("/hello"));
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Answer, OfABrokenStreamIsSeenToBeBroken) {
  LiveServer live;
  for (const string version : {"1.1", "1.0"}) {
    RawClient client(live.port());
    client.send("GET /broken-stream HTTP/" + version + "\r\nHost: h\r\n\r\n");
    const auto answer = client.receive();
    if (version == "1.1") EXPECT_FALSE(answer) << "ended like a whole one";
    if (version == "1.0") EXPECT_TRUE(client.was_reset());
  }
  EXPECT_EQ(live.failures().size(), 2u);
}

TEST(Answer, SpeaksHttp10) {
  LiveServer live;
  RawClient client(live.port());
  client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.receive()->headers.at("connection"), "keep-alive");
  client.send("GET /stream HTTP/1.0\r\n\r\n");
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->headers.contains("transfer-encoding"));
  EXPECT_EQ(answer->body.size(), 64u << 20);
}

}  // namespace
}  // namespace callarchive::http::testing
