#include "server/api/recordings.h"

#include "server/api/answer.h"
#include "server/http/file_answer.h"
#include "server/recordings/file_name.h"
#include "storage/recordings.h"

#include <sys/stat.h>

namespace callarchive::api {
namespace {

// The call with a recording that is kept. Throws 404, which says what became of it otherwise.
Call require_kept(Reader& reader, const string& id) {
  auto call = reader.find_call(id, false);
  if (!call) throw not_found("call", id);
  if (!call->recording) throw http::HttpError(404, "no_recording", "the call has no recording");
  const Recording& recording = *call->recording;
  if (recording.sound) return std::move(*call);
  string detail = string("the recording is not kept; its state is ") + to_text(recording.state);
  if (recording.reason) detail += ": " + *recording.reason;
  throw http::HttpError(404, "recording_not_kept", detail);
}

}  // namespace

http::Response show_recording(const Context& context, const http::Request& request) {
  Query query(request);
  const bool is_download = query.flag("download");
  const Call call = [&] {
    Reader reader = open_reader(context, query);
    return require_kept(reader, request.path_parameters.at(0));
  }();
  const Sound& sound = *call.recording->sound;
  OpenFile file = context.archive.media().open(sound.sha256);
  struct stat info {};
  if (!file || ::fstat(file.descriptor(), &info) != 0 || info.st_size != sound.bytes) {
    throw std::runtime_error("the file of a recording is missing or truncated: " + sound.sha256);
  }
  auto response = http::answer_file(request, http::share_descriptor(file.release()), sound.bytes, sound.type,
                                    '"' + sound.sha256 + '"');
  response.headers.emplace_back("Content-Disposition", string(is_download ? "attachment" : "inline") + "; filename=\"" +
                                                           recordings::file_name(call, sound.type) + '"');
  return response;
}

http::Response show_recording_peaks(const Context& context, const http::Request& request) {
  Query query(request);
  Reader reader = open_reader(context, query);
  const Call call = require_kept(reader, request.path_parameters.at(0));
  const Sound& sound = *call.recording->sound;
  const string peaks = reader.find_peaks(sound.sha256).value_or("");
  return answer_one(request, written([&](JsonWriter& json) {
                      json.begin_object();
                      json.member("duration_seconds", static_cast<double>(sound.duration_ms) / 1000);
                      json.key("peaks");
                      json.begin_array();
                      for (const char peak : peaks) json.value(std::int64_t{static_cast<unsigned char>(peak)});
                      json.end_array();
                      json.end_object();
                    }));
}

}  // namespace callarchive::api
