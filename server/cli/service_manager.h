#pragma once

#include <chrono>
#include <optional>
#include <string>

// What systemd is told of a service of Type=notify, and wants to hear (sd_notify(3), "Environment"): a datagram to the
// socket that NOTIFY_SOCKET names. Where nobody listens, nothing happens.

namespace callarchive::cli {

// "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1", "STATUS=…".
void tell_service_manager(const std::string& state);

// How often WATCHDOG=1 must be told: half of what the service manager allows. Nothing if it does not watch us.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace callarchive::cli
