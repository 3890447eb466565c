#pragma once

#include "server/access/webhook_access.h"
#include "server/http.h"
#include "storage/archive.h"

#include <functional>
#include <memory>
#include <string>

namespace callarchive {

// Called for each delivery once it is on disk, on the thread that received it. `topic` is as the sender wrote it, or
// empty; `unreadable_times` are the fields of it whose value should be a time and could not be read.
using DeliveryObserver =
    std::function<void(const std::string& topic, const Receipt& receipt, std::size_t unreadable_times)>;

// The handler of POST /webhooks/allo and /webhooks/allo/{token}. Answers 200 with
// {"status","delivery","reason"?} when the delivery is on disk. Throws HttpError: what WebhookAccess throws, before
// anything is stored; if no credential was required, 400 not_json and 422 no_envelope after the bytes have been stored
// (an authenticated sender gets 200 with "quarantined" and the reason, because the vendor disables an endpoint that
// refuses); 503 not_durable or overloaded if they could not be stored. The archive must outlive the handler. `now` is
// called on many threads.
http::Handler make_receiver(Archive& archive, std::shared_ptr<WebhookAccess> access, std::function<Millis()> now,
                            DeliveryObserver observe = {});

}  // namespace callarchive
