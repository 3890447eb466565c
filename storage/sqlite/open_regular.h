#pragma once

#include <string>

namespace callarchive::storage {

// Opens a regular file by that very name, with the flags given besides O_CLOEXEC; a file that is made is the owner's
// alone (0600). In a folder where others may write, a name may have been planted: a symbolic link would have us write
// elsewhere, and a pipe would keep open(2) waiting for ever. Returns the descriptor, or -1 with errno: ELOOP for a
// link, EINVAL for what is not a regular file, and what open(2) says.
int open_regular(const std::string& path, int flags);

}  // namespace callarchive::storage
