#include "server/api/cursor.h"

#include "server/http.h"

#include <gtest/gtest.h>

#include <limits>

namespace callarchive::api {
namespace {

void expect_refused(const std::string& cursor, std::string_view fingerprint) {
  try {
    const auto key = read_cursor(cursor, fingerprint).key;
    ADD_FAILURE() << "\"" << cursor << "\" was read as " << key;
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.code(), "invalid_cursor");
    ASSERT_EQ(error.errors().size(), 1u);
    EXPECT_EQ(error.errors()[0].field, "cursor");
  }
}

TEST(Cursor, GivesItsKeyBack) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t key : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{27928166400000123},
                                 Limits::min(), Limits::max()}) {
    for (const std::uint8_t part : {0, 1, 255}) {
      const CursorPosition place = read_cursor(make_cursor({key, part}, "/v1/calls"), "/v1/calls");
      EXPECT_EQ(place.key, key);
      EXPECT_EQ(place.part, part);
    }
  }
}

TEST(Cursor, IsSafeInUrls) {
  for (std::int64_t key = 0; key < 1000; ++key) {
    const auto cursor = make_cursor({key * 0x123456789ABCD}, "/v1/calls");
    EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos)
        << cursor;
  }
}

TEST(Cursor, IsBoundToItsQuery) { expect_refused(make_cursor({7}, "/v1/calls"), "/v1/messages"); }

TEST(Cursor, RefusesEveryCutAndEveryChangedDigest) {
  const auto cursor = make_cursor({7}, "/v1/calls");
  for (std::size_t length = 0; length < cursor.size(); ++length) expect_refused(cursor.substr(0, length), "/v1/calls");
  expect_refused(cursor + "A", "/v1/calls");
  expect_refused(cursor + "=", "/v1/calls");
  constexpr std::size_t kFirstOfDigest = 14;  // behind 10 bytes of version, part and key
  for (std::size_t i = kFirstOfDigest; i < cursor.size(); ++i) {
    auto changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    expect_refused(changed, "/v1/calls");
  }
}

TEST(Cursor, RefusesGarbageAndOtherVersions) {
  auto other_version = make_cursor({7}, "/v1/calls");
  other_version[0] = 'B';
  for (const auto& text : {other_version, std::string("!"), std::string("\0\0", 2), std::string(24, 'A'),
                           std::string(5000, 'A'), std::string("\xFF\xFE")}) {
    expect_refused(text, "/v1/calls");
  }
}

}  // namespace
}  // namespace callarchive::api
