#pragma once

#include "server/api/json_writer.h"
#include "storage/records.h"

// One function per record: its members are exactly those of docs/openapi.json, in that order. A member is
// always there; what the vendor never said is null.

namespace callarchive::api {

enum class Transcript { left_out, included };

void to_json(JsonWriter& json, const TranscriptEntry& entry);
void entry_members(JsonWriter& json, const TranscriptEntry& entry);  // without the braces
void to_json(JsonWriter& json, const Call& call, Transcript transcript = Transcript::left_out);
void to_json(JsonWriter& json, const Message& message);
void to_json(JsonWriter& json, const Contact& contact);
void to_json(JsonWriter& json, const ContactVersion& version);
void to_json(JsonWriter& json, const Number& number);
void to_json(JsonWriter& json, const TimelineItem& item);

// What the ledger says about a delivery, without the body.
void to_json(JsonWriter& json, const DeliveryRecord& delivery);
// The same with the body: always as base64, and as text where it is JSON.
void to_json_with_body(JsonWriter& json, const DeliveryRecord& delivery);

}  // namespace callarchive::api
