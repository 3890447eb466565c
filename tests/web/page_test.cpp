#include "server/page.h"

#include "embedded/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

namespace callarchive {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

http::Response ask(const std::string& pattern, http::Request request = {}) {
  for (const auto& route : page_routes()) {
    if (route.pattern == pattern) return route.handler(request);
  }
  throw std::logic_error("no such route");
}

http::Response asset(const std::string& name, const std::string& accept_encoding = "") {
  http::Request request;
  request.path_parameters = {name};
  if (!accept_encoding.empty()) request.headers = {{"accept-encoding", accept_encoding}};
  return ask("/assets/{name}", request);
}

std::string header(const http::Response& response, const std::string& name) {
  return std::map<std::string, std::string>(response.headers.begin(), response.headers.end())[name];
}

// The files under /assets/ that index.html names.
std::set<std::string> named_assets(const std::string& html) {
  static const std::regex kAsset("/assets/([^\"]+)");
  std::set<std::string> names;
  for (std::sregex_iterator found(html.begin(), html.end(), kAsset), end; found != end; ++found)
    names.insert((*found)[1]);
  return names;
}

TEST(Page, AllowsNoScriptOrStyleButItsOwnFiles) {
  const auto response = ask("/");
  const auto policy = header(response, "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_FALSE(
      std::regex_search(response.body, std::regex("<style|style=|<script>| on[a-z]+=|https?://(?!www.w3.org/)")));
}

TEST(Page, IsAskedForAnewEachTimeAndKnowsWhatTheBrowserHas) {
  const auto first = ask("/");
  EXPECT_EQ(header(first, "Cache-Control"), "no-cache");
  http::Request again;
  again.headers = {{"if-none-match", header(first, "ETag")}};
  EXPECT_EQ(ask("/", again).status, 304);
  again.headers = {{"if-none-match", "\"other\""}};
  EXPECT_EQ(ask("/", again).status, 200);
}

TEST(Page, ServesEveryFileItNamesForEver) {
  for (const auto& name : named_assets(ask("/").body)) {
    const auto response = asset(name);
    EXPECT_EQ(response.status, 200) << name;
    EXPECT_THAT(header(response, "Cache-Control"), HasSubstr("immutable")) << name;
    EXPECT_EQ(response.content_type.substr(0, 8), name.ends_with(".css") ? "text/css" : "text/jav") << name;
  }
}

TEST(Page, SendsTheCompressedTwinWhenAccepted) {
  for (const auto& name : named_assets(ask("/").body)) {
    const auto plain = asset(name);
    const auto packed = asset(name, "gzip, br");
    EXPECT_THAT(packed.headers, Contains(Pair("Content-Encoding", "gzip"))) << name;
    EXPECT_THAT(packed.headers, Contains(Pair("Vary", "Accept-Encoding"))) << name;
    EXPECT_LT(packed.body.size(), plain.body.size()) << name;
    EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b") << name;
    // RFC 9110, section 8.4.1: "identity" is not a content coding to be named.
    EXPECT_THAT(asset(name, "gzip;q=0").headers, Not(Contains(Pair("Content-Encoding", testing::_)))) << name;
    EXPECT_TRUE(asset(name, "gzip;q=0").precompressed) << name;
  }
}

TEST(Page, StaysBelow150KilobytesCompressed) {
  std::size_t sum = 0;
  for (const auto& file : embedded::page()) sum += file.name.ends_with(".gz") ? file.content.size() : 0;
  EXPECT_LT(sum, 150'000u);
}

TEST(Page, RefusesWhatItDoesNotHave) {
  for (const auto* name : {"nothing.js", "../index.html", "index.html.gz", ""}) {
    EXPECT_THROW(asset(name), http::HttpError) << name;
  }
}

}  // namespace
}  // namespace callarchive
