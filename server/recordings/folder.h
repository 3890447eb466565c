#pragma once

#include "storage/archive.h"

#include <functional>

// Sounds in a folder of somebody: taken into the archive, or written out of it.

namespace callarchive::recordings {

struct FolderImport {
  std::int64_t imported = 0;
  std::int64_t known = 0;  // the call's recording is kept already
  struct Left {
    string file;
    string reason;
  };
  vector<Left> left = {};  // what was not imported, in the order of the names
};

// Takes every sound under `folder` whose call is known by its id: the one that `index` gives for the file (CSV with the
// columns file and call_id), else the one in the file's name. Copies; the folder stays as it is. `report` is told the
// number of files done, and may throw to stop. Throws std::runtime_error when folder or index cannot be read, and
// NotDurable.
FolderImport import_folder(Archive& archive, const string& folder, const optional<string>& index, Millis now,
                           const std::function<void(std::int64_t)>& report);

struct FolderExport {
  std::int64_t exported = 0;
  std::int64_t bytes = 0;
  vector<string> damaged = {};  // ids of calls whose file is missing or does not have its digest any more
};

// Writes the sounds of all kept recordings into a folder, which is made if it is not there, and index.csv beside them.
// A file that is there with the right length stays. Throws std::runtime_error.
FolderExport export_folder(Archive& archive, const string& folder, const std::function<void(std::int64_t)>& report);

// The rows of a CSV text (RFC 4180), fields unquoted.
vector<vector<string>> read_csv(const string& text);

}  // namespace callarchive::recordings
