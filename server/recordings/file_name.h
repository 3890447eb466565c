#pragma once

#include "storage/records.h"

namespace callarchive::recordings {

// The name of a recording outside the archive: "2026-03-02T091000Z_+14155550111_+14155550100_cll-2Ab.mp3". It has only
// characters that every file system and every HTTP header accepts.
string file_name(const Call& call, const string& type);

}  // namespace callarchive::recordings
