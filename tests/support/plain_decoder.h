#pragma once

#include "storage/archive.h"

#include <string>

namespace callarchive::test {

// A dialect for tests that need many deliveries and a decoder without memory:
//   "message <id> <from> <words>", "call <id> <from> <words>" (each word is a transcript entry),
//   "contact <id> <number> <name>"; anything else is quarantined.
Event decode_plain(Delivery& delivery);

// The n-th delivery of such a dialect: three messages, a call, a contact, and so on.
Delivery plain_delivery(int n, const std::string& words = "hello from the test");

}  // namespace callarchive::test
