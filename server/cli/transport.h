#pragma once

#include "storage/archive.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Questions of the command line are requests to the API: answered by the very same handlers, in this process on a
// file or in a server over HTTP. So both answer the same.

namespace callarchive::cli {

// A GET request: the path, its segments encoded already, and the query, not encoded.
struct Question {
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters = {};
  // What the command line calls a parameter that is no flag there: {"q", "words"}.
  std::map<std::string, std::string> arguments = {};
  std::string target() const;  // as it stands in a request line
};

// The flag that stands for a parameter of the API: --user-email for user_email.
std::string flag_of(const std::string& parameter);

// The API said no. what() is its detail.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How questions get to the API. For one thread.
class Transport {
 public:
  using Sink = std::function<void(std::string_view piece)>;
  virtual ~Transport() = default;

  // Hands the body of the answer to `sink`, piece by piece. Throws UsageError when the question was wrong, naming each
  // flag that was; Refused; CannotOpen or http::ConnectionError when there is nobody to ask; and when the answer is
  // cut.
  virtual void get(const Question& question, const Sink& sink) = 0;
};

// The whole answer as JSON, its members in order.
nlohmann::ordered_json ask(Transport& transport, const Question& question);

// Opens the file for reading only; it may be in use. Throws CannotOpen.
std::unique_ptr<Transport> make_file_transport(ArchiveOptions options);

struct RemoteOptions {
  std::string url = {};
  std::string token = {};
  std::string ca_file = {};
};
// Throws UsageError for what cannot be a URL or token. Warns on standard error of a token that others could read.
std::unique_ptr<Transport> make_server_transport(const RemoteOptions& options);

}  // namespace callarchive::cli
