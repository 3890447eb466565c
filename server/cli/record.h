#pragma once

#include "server/cli/output.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

// One thing, shown whole.

namespace callarchive::cli {

// Name and value of every member that says something, a line each; long values wrap. Instants are shown in `zone`.
void show_record(Output& output, const Terminal& terminal, const nlohmann::ordered_json& record,
                 const std::string& zone);

// What was said, who said it and how far into the call; where the vendor did not say how far, the time of day in
// `zone`. `entries` as the API's transcript.
void show_transcript(Output& output, const Terminal& terminal, const nlohmann::ordered_json& entries,
                     const std::string& zone);

// 75 → "1:15", 3675 → "1:01:15".
std::string clock_of(double seconds);

}  // namespace callarchive::cli
