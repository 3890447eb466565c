#include "server/access/signature.h"

#include "server/text/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace callarchive {
namespace {

// The public test vector of Standard Webhooks.
constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kOtherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
constexpr std::string_view kBody = R"({"test": 2432232314})";
constexpr Millis kNow = 1614265330'000;
constexpr SignatureHeaders kHeaders{
    .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
    .timestamp = "1614265330",
    .signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

SignatureVerdict verdict(const SignatureHeaders& headers, std::string_view body = kBody, Millis now = kNow) {
  const std::array secrets{parse_signing_secret(kSecret)};
  return check_signature(headers, body, secrets, now).verdict;
}

// The same headers with another signature.
SignatureVerdict verdict_of(const std::string& signature) {
  return verdict({.id = kHeaders.id, .timestamp = kHeaders.timestamp, .signature = signature});
}

TEST(Signature, AcceptsThePublicVector) { EXPECT_EQ(verdict(kHeaders), SignatureVerdict::valid); }

TEST(Signature, SignsAsThePublicVectorDoes) {
  EXPECT_EQ(sign(kHeaders.id, kHeaders.timestamp, kBody, parse_signing_secret(kSecret)), kHeaders.signature);
}

TEST(Signature, RefusesOneFlippedBit) {
  const auto flipped = [](std::string_view text, std::size_t at, int bit) {
    std::string changed(text);
    changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
    return changed;
  };
  for (int bit = 0; bit < 8; ++bit) {
    for (std::size_t at = 0; at < kBody.size(); ++at) {
      EXPECT_EQ(verdict(kHeaders, flipped(kBody, at, bit)), SignatureVerdict::mismatch) << at << '/' << bit;
    }
    const auto expect_refused = [&](std::string_view SignatureHeaders::*member) {
      for (std::size_t at = 0; at < (kHeaders.*member).size(); ++at) {
        const std::string changed = flipped(kHeaders.*member, at, bit);
        SignatureHeaders headers = kHeaders;
        headers.*member = changed;
        EXPECT_NE(verdict(headers), SignatureVerdict::valid) << changed;
      }
    };
    expect_refused(&SignatureHeaders::id);
    expect_refused(&SignatureHeaders::timestamp);
    expect_refused(&SignatureHeaders::signature);
  }
}

TEST(Signature, RefusesABodyCutAtAnyLength) {
  for (std::size_t length = 0; length < kBody.size(); ++length) {
    EXPECT_EQ(verdict(kHeaders, kBody.substr(0, length)), SignatureVerdict::mismatch) << length;
  }
  EXPECT_EQ(verdict(kHeaders, std::string(kBody) + "\n"), SignatureVerdict::mismatch);
}

TEST(Signature, RefusesAHeaderCutAtAnyLength) {
  for (std::size_t length = 0; length < kHeaders.signature.size(); ++length) {
    EXPECT_NE(verdict_of(std::string(kHeaders.signature.substr(0, length))), SignatureVerdict::valid) << length;
  }
}

TEST(Signature, TakesAnyEntryUnderAnySecret) {
  const std::array both{parse_signing_secret(kOtherSecret), parse_signing_secret(kSecret)};
  const std::string old_entry = sign(kHeaders.id, kHeaders.timestamp, kBody, both[0]);
  const std::string new_entry(kHeaders.signature);
  const std::string wrong = "v1," + std::string(43, 'A') + "=";
  for (const std::string& entries : {old_entry, new_entry, wrong + ' ' + new_entry, new_entry + ' ' + wrong,
                                     "v1a,Zm9v " + new_entry, "v2,Zm9v  " + old_entry + ' '}) {
    const SignatureHeaders headers{.id = kHeaders.id, .timestamp = kHeaders.timestamp, .signature = entries};
    EXPECT_EQ(check_signature(headers, kBody, both, kNow).verdict, SignatureVerdict::valid) << entries;
  }
}

TEST(Signature, RefusesOtherVersionsAndStrayForms) {
  const std::string base64(kHeaders.signature.substr(3));
  for (const std::string& entries :
       {"v2," + base64, "v1" + base64, base64, "v1, " + base64, "v1," + base64.substr(0, 43), "v1," + base64 + "="}) {
    EXPECT_EQ(verdict_of(entries), SignatureVerdict::mismatch) << entries;
  }
}

TEST(Signature, RefusesEverythingWithoutASecret) {
  EXPECT_EQ(check_signature(kHeaders, kBody, {}, kNow).verdict, SignatureVerdict::mismatch);
}

TEST(Signature, AllowsFiveMinutesEitherWay) {
  for (const std::int64_t off : {-300, -1, 0, 1, 300}) {
    EXPECT_EQ(verdict(kHeaders, kBody, kNow + off * 1000), SignatureVerdict::valid) << off;
  }
}

TEST(Signature, SaysByHowMuchTheClocksDiffer) {
  const std::array secrets{parse_signing_secret(kSecret)};
  for (const std::int64_t off : {-86400, -301, 301, 3600}) {
    const SignatureCheck check = check_signature(kHeaders, kBody, secrets, kNow + off * 1000);
    EXPECT_EQ(check.verdict, SignatureVerdict::clock_off) << off;
    EXPECT_EQ(check.clock_difference_seconds, off);
  }
}

TEST(Signature, RefusesCharactersThatDoNotBelong) {
  const std::string_view ids[] = {"", "a.b", "a b", "a\r\nb", "a%0d", "caf\xC3\xA9", std::string_view("a\0b", 3)};
  for (const std::string_view id : ids) {
    EXPECT_FALSE(is_webhook_id(id)) << id;
    EXPECT_EQ(verdict({.id = id, .timestamp = kHeaders.timestamp, .signature = kHeaders.signature}),
              SignatureVerdict::malformed)
        << id;
  }
  EXPECT_FALSE(is_webhook_id(std::string(129, 'a')));
  EXPECT_TRUE(is_webhook_id(std::string(128, 'a')));

  for (const std::string_view time : {"", "-1614265330", "+1614265330", "1614265330.0", "1614265330 ", " 1614265330",
                                      "0x60", "now", "99999999999999999999", "1614265330\n"}) {
    EXPECT_EQ(verdict({.id = kHeaders.id, .timestamp = time, .signature = kHeaders.signature}),
              SignatureVerdict::malformed)
        << time;
  }
  for (const std::string& entries :
       {std::string(), std::string(kHeaders.signature) + "\n", std::string("v1,%3D"), std::string(5000, 'v')}) {
    EXPECT_EQ(verdict_of(entries), SignatureVerdict::malformed) << entries;
  }
}

TEST(SigningSecret, IsBase64WithOrWithoutThePrefix) {
  EXPECT_EQ(parse_signing_secret(kSecret).key.size(), 24u);
  EXPECT_EQ(parse_signing_secret(kSecret.substr(6)).key, parse_signing_secret(kSecret).key);
  for (const std::string_view text : {"", "whsec_", "whsec_!", "whsec_abc", "whsec_ab=c",
                                      "whsec_a===", "whsec_====", "whsec_ Zm9v", "whsec_Zm9v\n"}) {
    EXPECT_THROW(parse_signing_secret(text), std::invalid_argument) << text;
  }
}

TEST(Base64, ReadsWhatItWrites) {
  std::string bytes;
  for (int i = 0; i < 260; ++i) {
    const std::string text = base64(bytes);
    EXPECT_EQ(from_base64(text), bytes) << text;
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes) << text;
    bytes += static_cast<char>(i);
  }
}

}  // namespace
}  // namespace callarchive
