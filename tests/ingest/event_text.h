#pragma once

#include "storage/event.h"

#include <ostream>

// How GoogleTest shows what a delivery says: one "name: value" line per field that is set.

namespace callarchive {

void PrintTo(const CallCompleted& call, std::ostream* out);
void PrintTo(const CallRinging& ringing, std::ostream* out);
void PrintTo(const MessageStored& message, std::ostream* out);
void PrintTo(const ContactChanged& contact, std::ostream* out);
void PrintTo(const TagChanged& tag, std::ostream* out);
void PrintTo(const SummaryChanged& summary, std::ostream* out);
void PrintTo(const Noted& noted, std::ostream* out);
void PrintTo(const Quarantined& quarantined, std::ostream* out);

}  // namespace callarchive
