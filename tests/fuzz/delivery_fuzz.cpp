#include "server/ingest/decode.h"
#include "storage/archive.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <unistd.h>

namespace {

using namespace callarchive;

void expect(bool holds) {
  if (!holds) std::abort();
}

// An archive in memory of the file system, one for the whole run: what is stored before may be met by what comes after.
Archive& archive() {
  static const string path = "/dev/shm/callarchive-delivery-fuzz-" + std::to_string(::getpid()) + ".db";
  static Archive opened({.path = path, .redelivery_window = std::chrono::hours(0)}, decode);
  [[maybe_unused]] static const bool is_cleaned_up = std::atexit([] {
                                                       for (const char* end : {"", "-wal", "-shm", ".lock"}) {
                                                         ::unlink((path + end).c_str());
                                                       }
                                                     }) == 0;
  return opened;
}

}  // namespace

// Any bytes as a whole delivery: decoded, stored and read back. The body is the same byte for byte, and what was said
// is there. To be run with -rss_limit_mb and -timeout: what it costs is bounded, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Millis clock = 1'772'000'000'000;
  Delivery delivery{.body = string(reinterpret_cast<const char*>(data), size), .received_at = clock += 1000};
  const string body = delivery.body;
  Event event = decode(delivery);
  const Event said = event;
  const Receipt receipt = archive().store(std::move(delivery), std::move(event));
  Reader reader = archive().reader();
  const auto kept = reader.find_delivery(receipt.delivery);
  expect(kept && kept->body == body);
  if (receipt.status != Receipt::Status::stored) return 0;
  if (const auto* call = std::get_if<CallCompleted>(&said)) expect(reader.find_call(call->id, true).has_value());
  if (const auto* message = std::get_if<MessageStored>(&said)) expect(reader.find_message(message->id).has_value());
  if (const auto* contact = std::get_if<ContactChanged>(&said)) expect(reader.find_contact(contact->id).has_value());
  return 0;
}
