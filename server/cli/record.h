#pragma once

#include "server/cli/output.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

// One call, message, contact or number with all its members.

namespace callarchive::cli {

// The name and value of every member that is not empty, one per line; long values are wrapped. Instants are shown in
// `zone`.
void show_record(Output& output, const Terminal& terminal, const nlohmann::ordered_json& record,
                 const std::string& zone);

// What was said, who said it, and when: the position in the call, or where the vendor did not send it, the time of day
// in `zone`. `entries` is the transcript as the API returns it.
void show_transcript(Output& output, const Terminal& terminal, const nlohmann::ordered_json& entries,
                     const std::string& zone);

// 75 → "1:15", 3675 → "1:01:15".
std::string clock_of(double seconds);

}  // namespace callarchive::cli
