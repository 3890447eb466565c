#pragma once

#include "server/http.h"
#include "storage/archive.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The command line sends its queries to the API: to the same handlers, either in this process on a file, or in a server
// over HTTP. So both return the same.

namespace callarchive::cli {

// A GET request: the path, its segments encoded already, and the query, not encoded.
struct ApiRequest {
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters = {};
  // The name on the command line of a parameter that is not a flag there: {"q", "words"}.
  std::map<std::string, std::string> arguments = {};
  std::string target() const;  // as a request line has it
  bool has(const std::string& parameter) const;
};

// The flag for a parameter of the API: --user-email for user_email.
std::string flag_of(const std::string& parameter);

// The API refused the query. what() is the detail it gave.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How queries get to the API. For one thread at a time.
class Transport {
 public:
  using Sink = std::function<void(std::string_view piece)>;
  virtual ~Transport() = default;

  // Passes the body of the response to `sink`, piece by piece. Throws UsageError if the query is wrong, naming each
  // flag that is; Refused; CannotOpen or http::ConnectionError if the file or server cannot be reached; and if the
  // response is cut short.
  virtual void get(const ApiRequest& request, const Sink& sink) = 0;

  // The complete response to a target as a request line has it, also where it is a refusal. Throws as get() does where
  // there is none.
  virtual http::Response send(const std::string& target) = 0;
};

// The complete response as JSON, with its members in order.
nlohmann::ordered_json ask(Transport& transport, const ApiRequest& request);

// Opens the file for reading only; it may be in use. Throws CannotOpen.
std::unique_ptr<Transport> make_file_transport(ArchiveOptions options);

struct RemoteOptions {
  std::string url = {};
  std::string token = {};
  std::string ca_file = {};
};
// Throws UsageError for an invalid URL or token. Warns on standard error if others could read the token in transit.
std::unique_ptr<Transport> make_server_transport(const RemoteOptions& options);

}  // namespace callarchive::cli
