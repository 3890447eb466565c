#pragma once

#include "server/recordings/download.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

// The vendor with its storage, as an HTTPS server on this machine with a certificate of its own authority. What it
// answers is said byte by byte, so that it can be wrong in every way.

namespace callarchive::recordings::testing {

using std::string;

struct Seen {
  string method = {};
  string host = {};                       // without the port
  string path = {};                       // with the query
  std::map<string, string> headers = {};  // names in lower case
  string body = {};
  string header(const string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// The connection of one request. It is closed when the answering function returns.
class Line {
 public:
  explicit Line(ssl_st* tls, const std::atomic<bool>& stopping) : tls_(tls), stopping_(stopping) {}
  bool send(std::string_view bytes);                                        // false: the client is gone
  void answer(int status, const string& body, const string& headers = {});  // with its length
  // Waits; returns false when the server ends meanwhile.
  bool wait(std::chrono::milliseconds time) const;

 private:
  ssl_st* tls_;
  const std::atomic<bool>& stopping_;
};

class FakeVendor {
 public:
  using Answer = std::function<void(const Seen&, Line&)>;

  FakeVendor();
  ~FakeVendor();
  FakeVendor(const FakeVendor&) = delete;
  FakeVendor& operator=(const FakeVendor&) = delete;

  // How a path (without its query) is answered from now on, on any host. The longest prefix that ends in '*' counts
  // where there is no whole path. Called on a thread of the connection.
  void on(const string& path, Answer answer);
  std::vector<Seen> seen() const;
  int count(const string& path) const;  // requests for it

  // Names that lead here: api.vendor.test, media.vendor.test and localhost.
  string url(const string& host, const string& path) const;
  int port() const { return port_; }
  string ca_file() const { return folder_ + "/ca.pem"; }
  // Rules under which all of this is fetched, in short times.
  DownloadRules rules() const;

 private:
  void make_certificates();
  void accept();
  void serve(int fd);
  Answer find(const string& path) const;

  string folder_;
  int listener_ = -1;
  int port_ = 0;
  ssl_ctx_st* context_ = nullptr;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::map<string, Answer> answers_;
  std::vector<Seen> seen_;
  std::condition_variable served_;
  int serving_ = 0;  // connections, guarded by mutex_
  std::thread acceptor_;
};

// A sound made by sox: `name` says the kind by its ending. Returns its bytes.
string make_sound(const string& name, double seconds, int hertz = 440);

}  // namespace callarchive::recordings::testing
