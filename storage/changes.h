#pragma once

#include "storage/records.h"

#include <stdexcept>
#include <variant>

// The change feed: every change of a call, message or contact, in one order, so that whoever follows it can keep a
// copy.

namespace callarchive {

// One change. It says that the thing has changed; `thing` is the thing as it is when the change is read.
struct Change {
  enum class Kind { call, message, contact };
  std::int64_t seq = 0;  // gapless, from 1, in the order of the commits
  Kind kind = Kind::call;
  string id = {};                        // the vendor's
  optional<std::int64_t> delivery = {};  // that changed it; absent when something else did
  // Nothing: it is not in the archive any more.
  std::variant<std::monostate, Call, Message, Contact> thing = {};
};
const char* to_text(Change::Kind kind);

// A place in the feed: behind the change `seq`; 0 is the beginning. Epoch and check tell whether the file still has the
// history in which the place was given out: a copy that was restored, or rebuilt tables, have another one.
struct FeedPosition {
  string epoch = {};
  std::int64_t seq = 0;
  std::int64_t check = 0;  // when the delivery of that change arrived; 0 if none made it
  bool operator==(const FeedPosition&) const = default;
};

struct ChangePage {
  vector<Change> changes = {};
  bool has_more = false;
  FeedPosition next = {};  // behind the last of the page
  std::int64_t head = 0;   // the seq of the newest change in the archive; 0: none
};

// The position is none of this file's history: what was read up to there may differ from what the file holds now.
struct HistoryChanged : std::runtime_error {
  HistoryChanged()
      : std::runtime_error(
            "the archive's history is not the one in which this position was given out, as after a restore or a"
            " rebuild; begin again without a position") {}
};

}  // namespace callarchive
