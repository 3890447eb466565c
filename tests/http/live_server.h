#pragma once

#include "server/http.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace callarchive::http::testing {

// Few workers, and time limits beyond those of a client that waits for an answer.
ServerOptions patient();

// What GET /file serves: 4 MiB, no two lines alike.
const std::string& file_bytes();

// A server on a port the system picked, with routes that show what arrived.
//   GET  /hello            "hello"
//   GET  /echo             the request as lines: path, each parameter, each header
//   GET  /items/{id}       the id
//   GET  /large            1 MiB of text
//   GET  /huge             4 MiB
//   GET  /medium           128 KiB of text
//   GET  /file             file_bytes() from a file; takes ranges
//   GET  /stream           64 MiB in pieces
//   GET  /broken-stream    some pieces, then an exception
//   GET  /throws           an exception with a secret in its text
//   GET  /bad-header       an answer with a line break in a header
//   GET  /slow             waits until release_slow()
//   GET  /asleep           waits for what never happens, without a worker
//   POST /webhook          the size of the body; served by the ingest pool
class LiveServer {
 public:
  explicit LiveServer(ServerOptions options = patient(), Gate gate = nullptr);
  ~LiveServer();

  int port() const { return port_; }
  Server& server() { return *server_; }
  // stop() and wait for serve() to return.
  void stop();
  void release_slow();
  // How many requests are inside /slow now; waits until there are `count`.
  void wait_for_slow(int count);
  // Waits until a request of the route ("-": none) has been answered with the status.
  void wait_for_status(const std::string& route, int status);
  // Texts of failures reported so far; statuses by route.
  std::vector<std::string> failures();
  std::map<std::string, std::vector<int>> observed();

 private:
  std::vector<Route> routes();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool slow_may_go_ = false;
  int in_slow_ = 0;
  std::vector<std::string> failures_;
  std::map<std::string, std::vector<int>> observed_;
  std::unique_ptr<Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace callarchive::http::testing
