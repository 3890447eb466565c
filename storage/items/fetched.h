#pragma once

#include "storage/event.h"
#include "storage/items/calls.h"
#include "storage/items/messages.h"

// What was fetched from the vendor (CallCompleted::is_fetched) is the state at that moment, and newer than the webhooks
// before it. But in what both have it is coarser: whole seconds, fewer results, the names of today's address book. So
// what a webhook said more exactly stays, and what was fetched replaces only what it contradicts.

namespace callarchive::storage {

// The report without what is known more exactly.
CallCompleted without_coarser(const CallCompleted& known, CallCompleted report);
MessageStored without_coarser(const MessageStored& known, MessageStored report);

// Whether a report has the known words of the same speakers, whatever it says of their times.
bool has_same_words(const vector<TranscriptEntry>& known, const CallCompleted& report);

}  // namespace callarchive::storage
