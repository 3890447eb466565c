#pragma once

#include <string>

namespace callarchive::storage {

// Opens a regular file without following a link, with `flags` and O_CLOEXEC; a new file gets mode 0600. In a folder
// where others may write, they may have planted the name: a symbolic link would redirect what we write, and a pipe
// would block open(2) forever. Returns the descriptor, or -1 with errno: ELOOP for a link, EINVAL for anything else
// that is not a regular file, or that of open(2).
int open_regular(const std::string& path, int flags);

}  // namespace callarchive::storage
