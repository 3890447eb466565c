#include "server/api/cursor.h"

#include "server/http.h"
#include "tests/fuzz/lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace {

using namespace callarchive::api;

std::optional<CursorPosition> place_or_refused(std::string_view cursor, std::string_view fingerprint) {
  try {
    return read_cursor(cursor, fingerprint);
  } catch (const callarchive::http::HttpError& error) {
    if (error.status() != 400 || error.code() != "invalid_cursor") std::abort();
    return {};
  }
}

}  // namespace

// A line is a query's fingerprint, the rest a cursor. Only what make_cursor wrote for that query is taken, and
// every place comes back as it went in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view fingerprint = callarchive::fuzz::take_line(rest);
  if (const auto place = place_or_refused(rest, fingerprint)) {
    if (make_cursor(*place, fingerprint) != rest) std::abort();
  }

  CursorPosition place;
  std::memcpy(&place.key, rest.data(), std::min(rest.size(), sizeof place.key));
  place.part = static_cast<std::uint8_t>(rest.size());
  const std::string cursor = make_cursor(place, fingerprint);
  const auto back = place_or_refused(cursor, fingerprint);
  if (!back || back->key != place.key || back->part != place.part) std::abort();
  if (place_or_refused(cursor, std::string(fingerprint) + "x")) std::abort();
  return 0;
}
