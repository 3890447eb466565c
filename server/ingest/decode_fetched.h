#pragma once

#include "server/ingest/fields.h"
#include "storage/event.h"

#include <string>

namespace callarchive::ingest {

// What the vendor's REST API shows is an object without an envelope: the ledger's row says what it is, by the dialect
// (rest_v2, rest_v1) and these topics.
//
//   rest_v2   item (a call or a message), person, user, tag, number
//   rest_v1   call, message (without an id), contact, number
//
// Field names of both: docs/backfill.md. Throws DecodeError.
Event decode_fetched(const Fields& data, const string& dialect, const string& topic);

}  // namespace callarchive::ingest
