#pragma once

#include "server/generate/people.h"
#include "storage/records.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

// Events on the lines, as the vendor would write them in the snake_case of v1.

namespace callarchive::generate {

// An id that looks like the vendor's; every `number` has a different one.
std::string make_id(std::string_view prefix, std::uint64_t number);

// A call that began at `start`: none to 200 transcript entries, about 20 on average.
nlohmann::ordered_json make_call(Random& random, const Zipf& words, const Person& person, const Line& line,
                                 std::string id, Millis start);

nlohmann::ordered_json make_message(Random& random, const Zipf& words, const Person& person, const Line& line,
                                    std::string id, Millis sent_at);

// A state of the person's entry in the address book.
nlohmann::ordered_json make_contact(Random& random, const Person& person);

}  // namespace callarchive::generate
