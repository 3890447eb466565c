#include "server/ingest/decode.h"

#include "tests/ingest/event_text.h"
#include "tests/ingest/recorded.h"

#include <gtest/gtest.h>

// Recorded bodies, broken in every way a wire or a bad sender can break them.

namespace callarchive {
namespace {

// Decodes, and demands an outcome that explains itself.
Opened survive(const std::string& body, const std::string& what) {
  Delivery delivery{.body = body};
  Opened opened = open_and_decode(delivery);
  if (const auto* quarantined = std::get_if<Quarantined>(&opened.event)) {
    EXPECT_FALSE(quarantined->reason.empty()) << what;
    EXPECT_FALSE(quarantined->reason.starts_with("decoder failed")) << what << ": " << quarantined->reason;
  }
  EXPECT_EQ(opened.opening == Opening::envelope, delivery.topic.has_value()) << what;
  EXPECT_EQ(opened.opening == Opening::envelope, opened.detail.empty()) << what;
  EXPECT_EQ(delivery.body, body) << what;
  return opened;
}

TEST(BrokenBodies, CutAtAnyLengthAreNotJson) {
  for (const auto& [dialect, topic, body] : all_recorded()) {
    for (std::size_t length = 0; length < body.size(); ++length) {
      const std::string what = dialect + '/' + topic + " cut to " + std::to_string(length);
      EXPECT_EQ(survive(body.substr(0, length), what).opening, Opening::not_json) << what;
    }
  }
}

TEST(BrokenBodies, WithAnyByteFlippedHaveAnOutcome) {
  for (const auto& [dialect, topic, body] : all_recorded()) {
    for (std::size_t at = 0; at < body.size(); ++at) {
      std::string flipped = body;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
      survive(flipped, dialect + '/' + topic + " flipped at " + std::to_string(at));
    }
  }
}

TEST(BrokenBodies, WithAnyByteLeftOutOrDoubledHaveAnOutcome) {
  for (const auto& [dialect, topic, body] : all_recorded()) {
    for (std::size_t at = 0; at < body.size(); ++at) {
      const std::string what = dialect + '/' + topic + " changed at " + std::to_string(at);
      survive(std::string(body).erase(at, 1), what);
      survive(std::string(body).insert(at, 1, body[at]), what);
    }
  }
}

}  // namespace
}  // namespace callarchive
