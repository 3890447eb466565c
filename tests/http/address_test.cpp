#include "server/http/address.h"

#include <gtest/gtest.h>

namespace callarchive::http {
namespace {

using std::string;

TEST(Address, NetworksContain) {
  const std::tuple<string, string, bool> rows[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"192.0.2.128/25", "192.0.2.200", true},
      {"192.0.2.128/25", "192.0.2.100", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "127.0.0.2", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"2001:db8::/32", "2001:db8:1::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::1", "::1", true},
      {"10.0.0.0/8", "::ffff:10.1.1.1", true},
  };
  for (const auto& [network, address, expected] : rows) {
    EXPECT_EQ(Network::parse(network)->contains(*parse_ip(address)), expected) << network << " " << address;
  }
  for (const string bad : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "::/129", "10.0.0"}) {
    EXPECT_FALSE(Network::parse(bad)) << bad;
  }
}

TEST(Address, LoopbackIsKnown) {
  for (const string yes : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(parse_ip(yes)->is_loopback()) << yes;
  for (const string no : {"128.0.0.1", "::2", "0.0.0.0", "::"}) EXPECT_FALSE(parse_ip(no)->is_loopback()) << no;
}

TEST(Address, OfTheClientIsBelievedOnlyFromTrustedProxies) {
  const std::vector<Network> trusted = {*Network::parse("127.0.0.1"), *Network::parse("10.0.0.0/8")};
  const std::tuple<string, string, string> rows[] = {
      {"127.0.0.1", "192.0.2.7", "192.0.2.7"},
      {"127.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"},  // what the client forged stands to the left
      {"127.0.0.1", "192.0.2.7, 10.1.1.1", "192.0.2.7"},
      {"127.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2"},
      {"127.0.0.1", "192.0.2.7:1234", "192.0.2.7"},
      {"127.0.0.1", "[2001:db8::7]:1", "2001:db8::7"},
      {"127.0.0.1", "2001:db8::7", "2001:db8::7"},
      {"127.0.0.1", "6.6.6.6, unknown, 10.1.1.1", "10.1.1.1"},
      {"127.0.0.1", "", "127.0.0.1"},
      {"192.0.2.9", "6.6.6.6", "192.0.2.9"},
  };
  for (const auto& [peer, header, expected] : rows) {
    EXPECT_EQ(client_address(peer, {{"x-forwarded-for", header}}, trusted, ForwardedBy::x_forwarded_for), expected)
        << header;
  }
  EXPECT_EQ(client_address("127.0.0.1", {{"x-forwarded-for", "6.6.6.6"}, {"x-forwarded-for", "192.0.2.7"}}, trusted,
                           ForwardedBy::x_forwarded_for),
            "192.0.2.7");
  EXPECT_EQ(client_address("127.0.0.1", {{"x-forwarded-for", "6.6.6.6"}}, {}, ForwardedBy::x_forwarded_for),
            "127.0.0.1");
}

TEST(Address, ForwardedIsReadWhenTheProxySendsThat) {
  const std::vector<Network> trusted = {*Network::parse("127.0.0.1")};
  const auto client = [&](const string& header) {
    return client_address("127.0.0.1", {{"x-forwarded-for", "6.6.6.6"}, {"forwarded", header}}, trusted,
                          ForwardedBy::forwarded);
  };
  EXPECT_EQ(client("for=192.0.2.7;proto=https"), "192.0.2.7");
  EXPECT_EQ(client("proto=https; For=\"[2001:db8::7]:4711\""), "2001:db8::7");
  EXPECT_EQ(client("for=6.6.6.6, for=192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client("for=_hidden"), "127.0.0.1");
  EXPECT_EQ(client("by=1.1.1.1"), "127.0.0.1");
}

}  // namespace
}  // namespace callarchive::http
