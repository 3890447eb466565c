#include "server/vendor/transfer.h"
#include "tests/recordings/fake_vendor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include <dlfcn.h>
#include <netdb.h>

// A name that leads somewhere else each time it is looked up. What was said of it before does not count: each address
// is judged when it is about to be connected to.

namespace callarchive::recordings::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using vendor::transfer;
using namespace std::chrono_literals;

constexpr const char* kName = "rebinding.vendor.test";
// Of a network that answers queries for names and nothing else (RFC 7535): public, and no harm is done.
constexpr const char* kPublic = "192.31.196.1";

std::mutex mutex;
std::deque<string> answers;  // of the next lookups; the last one stays

string next_answer() {
  const std::lock_guard lock(mutex);
  string answer = answers.front();
  if (answers.size() > 1) answers.pop_front();
  return answer;
}

}  // namespace

// In place of the system's, for libcurl.
extern "C" int getaddrinfo(const char* name, const char* port, const addrinfo* hints, addrinfo** found) {
  static const auto real = reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || string(name) != kName) return real(name, port, hints, found);
  return real(next_answer().c_str(), port, hints, found);
}

namespace {

class Rebinding : public ::testing::Test {
 protected:
  // What is said of the address; empty when there was an answer.
  string fetch(const TransferRules& rules, const string& path) const {
    try {
      const TransferRequest asked{.url = vendor.url(kName, path),
                                  .headers = {},
                                  .deadline = std::chrono::steady_clock::now() + 30s,
                                  .may_go_on = {}};
      transfer(rules, asked, [](const TransferAnswer&, std::string_view) {});
      return {};
    } catch (const TransferError& error) {
      return error.what();
    }
  }
  FakeVendor vendor;
};

TEST_F(Rebinding, APublicNameThatBecomesThisMachineIsRefused) {
  answers = {kPublic, "127.0.0.1"};
  TransferRules rules = vendor.rules().transfer;
  rules.allow_loopback = false;
  rules.first_byte = 1s;
  EXPECT_THAT(fetch(rules, "/a"), Not(HasSubstr("its address is")));  // it may be connected to, if anybody is there
  EXPECT_THAT(fetch(rules, "/a"), HasSubstr("its address is this machine"));
  EXPECT_TRUE(vendor.seen().empty());
}

TEST_F(Rebinding, ANameThatWasAllowedOnceIsNotAllowedForGood) {
  answers = {"127.0.0.1", "10.0.0.7", "169.254.169.254", "127.0.0.1"};
  const TransferRules rules = vendor.rules().transfer;
  EXPECT_EQ(fetch(rules, "/a"), "");
  EXPECT_THAT(fetch(rules, "/a"), HasSubstr("its address is in a private network"));
  EXPECT_THAT(fetch(rules, "/a"), HasSubstr("its address is one that nothing is fetched from"));
  EXPECT_EQ(fetch(rules, "/a"), "");
  EXPECT_EQ(vendor.seen().size(), 2u);
}

}  // namespace
}  // namespace callarchive::recordings::testing
