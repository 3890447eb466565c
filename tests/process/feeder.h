#pragma once

#include "tests/support/delivery_log.h"

#include <map>
#include <string>
#include <vector>

// Sends logs of deliveries to the running program.

namespace callarchive::process {

// What to prove oneself with: v2 deliveries are signed, the others bring the token. Empty: nothing is asked for.
struct Keys {
  std::string secret = {};  // whsec_…
  std::string token = {};
};

// What each connection sends, one after the other.
using Plan = std::vector<std::vector<const test::Sent*>>;

// The log in another order, with a fifth of it sent again some time after the first time, spread over connections.
// Each lane keeps its order and stays on one connection.
Plan shuffle(const std::vector<test::Sent>& log, std::size_t connections, unsigned seed);

// Sends all of it, each connection on a thread of its own, keeping connections open as long as the server lets it.
// Returns how often each outcome was answered, as outcome() names it.
std::map<std::string, int> feed(int port, const Plan& plan, const Keys& keys = {});

}  // namespace callarchive::process
