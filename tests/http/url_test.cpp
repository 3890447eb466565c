#include "server/http/url.h"
#include "storage/text/utf8.h"

#include <gtest/gtest.h>

namespace callarchive::http {
namespace {

using std::string;

TEST(Url, DecodesTheQueryInTheOrderSent) {
  const Parameters expected = {{"number", " 33"}, {"b", ""}, {"a", "1 2"}, {"b", "x=y"}, {"c", "é+"}};
  EXPECT_EQ(parse_query("number=+33&b&a=1+2&&b=x=y&c=%C3%a9%2B"), expected);
}

TEST(Url, RefusesWhatIsNotText) {
  for (const string bad : {"%", "%4", "%zz", "%u0041", "a%00b", "%ff", "%c3", "%c0%af", "%ed%a0%80", "%f4%90%80%80"}) {
    EXPECT_FALSE(percent_decode(bad, true)) << bad;
    EXPECT_FALSE(parse_query("q=" + bad)) << bad;
    EXPECT_FALSE(parse_query(bad + "=1")) << bad;
  }
}

TEST(Url, KeepsPlusInPaths) { EXPECT_EQ(percent_decode("+33%2F1", false), "+33/1"); }

TEST(Url, KnowsUtf8) {
  for (const string good : {"", "a", "é", "€", "\xf0\x9f\x93\x9e", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const string bad : {"\x80", "\xc1\x81", "\xe0\x9f\x80", "\xf0\x8f\x80\x80", "\xe2\x82", "\xf5\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace callarchive::http
