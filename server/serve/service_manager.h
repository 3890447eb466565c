#pragma once

#include <chrono>
#include <optional>
#include <string>

// The notifications that systemd expects of a service of Type=notify (sd_notify(3), "Environment"): datagrams to the
// socket that NOTIFY_SOCKET names. Without that variable nothing happens.

namespace callarchive {

// Sends a state: "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1" …
void tell_service_manager(const std::string& state);

// How often to send WATCHDOG=1: half of the time that the service manager allows. Nothing if it does not watch us.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace callarchive
