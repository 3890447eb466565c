#pragma once

#include "storage/archive.h"

#include <functional>

// How `recordings fetch` speaks to the service that holds the archive, which alone may write it: by a file in the media
// folder, ARCHIVE.media/incoming/fetch-request, that is gone when the service has obeyed it.

namespace callarchive::recordings {

struct FetchRequest {
  RecordingsWanted wanted = {};
  bool check = false;  // kept files are read as well, and fetched again if they are damaged
};

// Leaves it for the service, in place of one that it has not begun with yet. Throws NotDurable.
void leave_request(MediaStore& media, const FetchRequest& request);
enum class RequestState { waits, begun, gone };
RequestState state_of_request(const MediaStore& media);
// Takes it away again, if nobody has begun with it.
void withdraw_request(const MediaStore& media);

// What a process had begun with that ended meanwhile, waits again. For the process that holds the archive.
void put_back_request(const MediaStore& media);
// Obeys the one that was left, if there is one: returns whether. It is gone when what it wants is in the archive, and
// waits again when it cannot be. For the process that holds the archive.
bool obey_request(Archive& archive, const MediaStore& media, const std::function<void()>& attend);

// Has everything tried again that it names. `attend` is called now and then, and may throw to end it. Returns how many
// recordings are wanted.
std::int64_t obey(Archive& archive, const FetchRequest& request, const std::function<void()>& attend);

}  // namespace callarchive::recordings
