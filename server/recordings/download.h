#pragma once

#include "server/vendor/client.h"
#include "storage/recordings.h"
#include "storage/recordings/media_store.h"

// Getting the bytes of one recording: asking the vendor for a link, following it, going on where a try broke off.

namespace callarchive::recordings {

using vendor::Stopped;
using vendor::TransferAnswer;
using vendor::TransferError;
using vendor::TransferRequest;
using vendor::TransferRules;

struct DownloadRules {
  TransferRules transfer = {};
  string vendor_url = "https://api.withallo.com";
  string vendor_key = {};  // empty: the link of the event is all there is
  std::shared_ptr<vendor::Limiter> limiter = std::make_shared<vendor::Limiter>();  // shared by all that use the key
  std::chrono::milliseconds whole = std::chrono::minutes(10);
  std::int64_t resume_from = 8 << 20;  // shorter ones begin anew: that is cheap
};

// A try that brought nothing. what() says why, without the link.
struct FetchError : std::runtime_error {
  FetchError(RecordingState state_, const string& reason) : std::runtime_error(reason), state(state_) {}
  RecordingState state;                             // denied, gone, failed
  optional<std::chrono::seconds> retry_after = {};  // as the other side says
  bool vendor_is_busy = false;                      // it wants no requests at all for that time
  optional<PartialSound> partial = {};              // what was left in the store to be continued
};

struct Downloaded {
  IncomingFile file;
  string origin;  // vendor, link
};

// Blocks until all of it is there. Throws FetchError, NotDurable (the disk), Stopped.
Downloaded download(const DownloadRules& rules, MediaStore& store, const DueRecording& wanted,
                    const std::function<bool()>& may_go_on);

}  // namespace callarchive::recordings
