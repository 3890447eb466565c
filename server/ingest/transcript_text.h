#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::ingest {

// The entries of a transcript that came as one text: one for each line that begins with who speaks ("AGENT: Hello."),
// with the lines behind it that do not. Speakers are AGENT, USER and EXTERNAL in any case, and other words in capitals.
// A text without such lines, or with several speakers on a single line, where nobody can tell for certain who said
// what, is one entry as it is. A blank text has none.
vector<TranscriptEntry> entries_of_text(std::string_view text);

}  // namespace callarchive::ingest
