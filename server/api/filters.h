#pragma once

#include "server/api/query.h"

// The filters of lists and exports.

namespace callarchive::api {

// The parameters that calls, search and statistics share: all but `number`, which is part of the path in some routes.
ItemFilter read_item_filter(Query& query);
// All filters but `number`.
CallFilter read_call_filter(Query& query);
MessageFilter read_message_filter(Query& query);
ContactFilter read_contact_filter(Query& query);
TimelineFilter read_timeline_filter(Query& query);
NumberFilter read_number_filter(Query& query);
DeliveryFilter read_delivery_filter(Query& query);

}  // namespace callarchive::api
