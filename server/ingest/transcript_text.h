#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::ingest {

// The entries of a transcript that was sent as one text: one for each line that begins with a speaker ("AGENT:
// Hello."), together with the lines after it that do not. Speakers are AGENT, USER and EXTERNAL in upper or lower case,
// and other words in capitals. A text without such lines, or a single line with several speakers, where it is uncertain
// who said what, is one entry. A blank text has none.
vector<TranscriptEntry> entries_of_text(std::string_view text);

}  // namespace callarchive::ingest
