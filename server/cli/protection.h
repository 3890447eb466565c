#pragma once

#include "server/cli/serve_flags.h"
#include "server/http/failure_limit.h"

#include <memory>

namespace callarchive::cli {

// Who may deliver and who may ask, exchanged on a hangup.
class Protection {
 public:
  // The flags must outlive it.
  Protection(const ServeFlags& flags, const ServePlan& plan);

  // Reads all files again. Throws when one of them is bad, and then the old ones stay.
  void reload();

  // A handler that answers 429 to clients whose credentials were wrong too often. A right one is always let in.
  http::Handler limited(http::Handler receive) const;

  std::shared_ptr<AccessControl> access() const { return access_; }
  std::shared_ptr<const SharedCredentials> credentials() const { return credentials_; }

 private:
  WebhookCredentials complete(WebhookCredentials credentials) const;

  const ServeFlags& flags_;
  const AccessOptions options_;
  const std::shared_ptr<AccessControl> access_;
  const std::shared_ptr<SharedCredentials> credentials_;
  const std::shared_ptr<http::FailureLimit> failures_;
};

}  // namespace callarchive::cli
