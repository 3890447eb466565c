#pragma once

#include "server/api/query.h"

// What the lists (and their exports) can be narrowed by.

namespace callarchive::api {

// All but `number`, which some routes take from their path.
CallFilter read_call_filter(Query& query);
MessageFilter read_message_filter(Query& query);
ContactFilter read_contact_filter(Query& query);
TimelineFilter read_timeline_filter(Query& query);
NumberFilter read_number_filter(Query& query);
DeliveryFilter read_delivery_filter(Query& query);

}  // namespace callarchive::api
