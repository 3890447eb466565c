#include "server/recordings/schedule.h"
#include "server/vendor/address_kind.h"
#include "server/vendor/transfer.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace callarchive::recordings {
namespace {

using namespace vendor;

AddressKind kind_of_text(const string& text) {
  sockaddr_storage address{};
  auto& four = reinterpret_cast<sockaddr_in&>(address);
  auto& six = reinterpret_cast<sockaddr_in6&>(address);
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) address.ss_family = AF_INET;
  else if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) address.ss_family = AF_INET6;
  else ADD_FAILURE() << text;
  return kind_of(reinterpret_cast<const sockaddr&>(address));
}

TEST(AddressKind, JudgesEveryWayToWriteAnAddress) {
  const struct {
    const char* address;
    AddressKind kind;
  } kRows[] = {
      {"93.184.216.34", AddressKind::global},
      {"2606:2800:220:1::1", AddressKind::global},
      {"0.0.0.0", AddressKind::forbidden},
      {"0.1.2.3", AddressKind::forbidden},
      {"10.0.0.1", AddressKind::local},
      {"11.0.0.1", AddressKind::global},
      {"100.63.255.255", AddressKind::global},
      {"100.64.0.1", AddressKind::local},
      {"100.127.255.255", AddressKind::local},
      {"100.128.0.0", AddressKind::global},
      {"127.0.0.1", AddressKind::loopback},
      {"127.255.255.254", AddressKind::loopback},
      {"169.254.169.254", AddressKind::forbidden},
      {"172.15.255.255", AddressKind::global},
      {"172.16.0.1", AddressKind::local},
      {"172.32.0.0", AddressKind::global},
      {"192.168.1.1", AddressKind::local},
      {"198.18.0.1", AddressKind::local},
      {"203.0.113.7", AddressKind::forbidden},
      {"224.0.0.1", AddressKind::forbidden},
      {"255.255.255.255", AddressKind::forbidden},
      {"::", AddressKind::forbidden},
      {"::1", AddressKind::loopback},
      {"::127.0.0.1", AddressKind::loopback},
      {"::ffff:127.0.0.1", AddressKind::loopback},
      {"::ffff:169.254.169.254", AddressKind::forbidden},
      {"::ffff:10.0.0.1", AddressKind::local},
      {"::ffff:93.184.216.34", AddressKind::global},
      {"::ffff:0:127.0.0.1", AddressKind::loopback},
      {"64:ff9b::10.0.0.1", AddressKind::local},
      {"64:ff9b::169.254.169.254", AddressKind::forbidden},
      {"64:ff9b::8.8.8.8", AddressKind::global},
      {"64:ff9b:1::8.8.8.8", AddressKind::local},
      {"2002:7f00:1::1", AddressKind::loopback},                // 6to4 of 127.0.0.1
      {"2002:0808:0808::1", AddressKind::global},               // of 8.8.8.8
      {"2001:0:808:808::f5ff:fffe", AddressKind::local},        // Teredo of 10.0.0.1
      {"2001:0:a9fe:a9fe::f7f7:f7f7", AddressKind::forbidden},  // by way of 169.254.169.254
      {"2001:db8::1", AddressKind::forbidden},
      {"fc00::1", AddressKind::local},
      {"fd12:3456::1", AddressKind::local},
      {"fe80::1", AddressKind::forbidden},
      {"fec0::1", AddressKind::local},
      {"ff02::1", AddressKind::forbidden},
      {"4000::1", AddressKind::forbidden},
  };
  for (const auto& [address, kind] : kRows) EXPECT_EQ(kind_of_text(address), kind) << address;
}

TEST(HostRules, AllowExactlyWhatTheyName) {
  TransferRules rules;
  rules.hosts = {"*.withallo.com", "store.example.org:9000", "[2001:db8::7]:444"};
  const struct {
    const char* url;
    bool allowed;
  } kRows[] = {
      {"https://api.withallo.com/v1/x", true},
      {"https://API.WithAllo.com./v1/x", true},
      {"https://a.b.withallo.com/", true},
      {"https://withallo.com/", false},
      {"https://evilwithallo.com/", false},
      {"https://withallo.com.evil.test/", false},
      {"https://api.withallo.com:8443/", false},
      {"http://api.withallo.com/", false},
      {"ftp://api.withallo.com/", false},
      {"file:///etc/passwd", false},
      {"https://api.withallo.com@evil.test/", false},
      {"https://user:word@api.withallo.com/", false},
      {"https://store.example.org:9000/x", true},
      {"https://store.example.org/x", false},
      {"https://[2001:db8::7]:444/x", true},
      {"https://[2001:db8::8]:444/x", false},
      {"https://2130706433/", false},
      {"https://0x7f.1/", false},
      {"//api.withallo.com/", false},
      {"", false},
      {"no address", false},
  };
  for (const auto& [url, allowed] : kRows) {
    if (allowed) EXPECT_NO_THROW(check_url(rules, url)) << url;
    else EXPECT_THROW(check_url(rules, url), TransferError) << url;
  }
}

TEST(HostRules, AreCheckedBeforeTheyAreUsed) {
  const struct {
    const char* rule;
    bool good;
  } kRows[] = {
      {"storage.example.org", true},
      {"*.example.org", true},
      {"10.1.2.3:9000", true},
      {"[2001:db8::7]:444", true},
      {"https://example.org", false},
      {"example.org/path", false},
      {"example.org:", false},
      {"example.org:0", false},
      {"example.org:99999", false},
      {"*", false},
      {"a.*.org", false},
      {"", false},
      {"user@example.org", false},
  };
  for (const auto& [rule, good] : kRows) EXPECT_EQ(is_host_rule(rule), good) << rule;
}

TEST(Schedule, WaitsLongerEachTimeAndGivesUpAfterAWeek) {
  constexpr Millis kMinute = 60'000;
  DueRecording tried;
  Millis now = 1'700'000'000'000;
  vector<std::int64_t> minutes;
  for (int i = 0; i < 20; ++i) {
    const auto failed = after_failure(tried, RecordingState::failed, "x", {}, now, 0.5);
    EXPECT_EQ(failed.refused_days, 0);
    if (!failed.next_try_at) break;
    minutes.push_back((*failed.next_try_at - now) / kMinute);
    now = *failed.next_try_at;
    ++tried.tries;
  }
  EXPECT_EQ(minutes, (vector<std::int64_t>{1, 5, 30, 120, 480, 1440, 1440, 1440, 1440, 1440, 1440}));
}

TEST(Schedule, GivesUpWhatWasRefusedOnThreeDifferentDays) {
  DueRecording tried;
  Millis now = 1'700'000'000'000;
  int tries = 0;
  std::set<Millis> days;
  for (; tries < 30; ++tries) {
    days.insert(now / 86'400'000);
    const auto state = tries % 2 == 0 ? RecordingState::gone : RecordingState::denied;
    const auto failed = after_failure(tried, state, "x", {}, now, 0.5);
    EXPECT_EQ(failed.refused_days, static_cast<std::int64_t>(days.size()));
    tried.refused_days = failed.refused_days;
    tried.refused_on = failed.refused_on;
    ++tried.tries;
    if (!failed.next_try_at) break;
    now = *failed.next_try_at;
  }
  EXPECT_EQ(days.size(), 3u);
}

TEST(Schedule, IsMovedByChanceAndByTheOtherSide) {
  const DueRecording tried;
  const auto delay = [&](double chance, optional<std::chrono::seconds> asked) {
    return *after_failure(tried, RecordingState::failed, "x", asked, 1'700'000'000'000, chance).next_try_at -
           1'700'000'000'000;
  };
  EXPECT_EQ(delay(0, {}), 54'000);
  EXPECT_GE(delay(0.999, {}), 65'900);
  EXPECT_EQ(delay(0.5, std::chrono::seconds(300)), 300'000);
  EXPECT_EQ(delay(0.5, std::chrono::seconds(3)), 60'000);
}

}  // namespace
}  // namespace callarchive::recordings
