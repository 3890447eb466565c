#pragma once

#include "server/ingest/envelope.h"
#include "storage/records.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace callarchive::generate {

enum class Kind { call, message, contact };

// The body of a webhook about `data` in a dialect: one line of JSON. `data` has the snake_case names of the first
// version; `sent_at` is when the webhook is sent.
std::string tell(Kind kind, ingest::Dialect dialect, const nlohmann::ordered_json& data, Millis sent_at);

// A body of the second version.
std::string tell_v2(std::string_view topic, nlohmann::ordered_json data, Millis sent_at);

}  // namespace callarchive::generate
