#include "tests/recordings/fake_vendor.h"

#include "storage/text/ascii.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace callarchive::recordings::testing {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(const string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer ? 2 : 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), issuer ? X509_get_subject_name(issuer) : subject);
  if (!issuer) add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  else
    add_extension(certificate.get(), issuer, NID_subject_alt_name,
                  "DNS:localhost,DNS:*.vendor.test,DNS:other.test,IP:127.0.0.1");
  X509_sign(certificate.get(), issuer_key, EVP_sha256());
  return certificate;
}

void write_pem(const string& path, const std::function<void(FILE*)>& write) {
  FILE* file = std::fopen(path.c_str(), "w");
  write(file);
  std::fclose(file);
}

Seen parse(const string& head) {
  Seen seen;
  std::istringstream lines(head);
  string line;
  std::getline(lines, line);
  std::istringstream(line) >> seen.method >> seen.path;
  while (std::getline(lines, line) && line != "\r") {
    const auto colon = line.find(':');
    if (colon == string::npos) continue;
    const string name = ascii::lower(line.substr(0, colon));
    string value = line.substr(colon + 1);
    value.erase(0, value.find_first_not_of(' '));
    value.erase(value.find_last_not_of("\r") + 1);
    seen.headers[name] = value;
  }
  seen.host = seen.header("host").substr(0, seen.header("host").rfind(':'));
  return seen;
}

}  // namespace

bool Line::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int sent = SSL_write(tls_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Line::answer(int status, const string& body, const string& headers) {
  send("HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
       headers + "\r\n" + body);
}

bool Line::wait(std::chrono::milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stopping_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return !stopping_;
}

FakeVendor::FakeVendor() {
  std::signal(SIGPIPE, SIG_IGN);  // clients leave in the middle of an answer
  string name = (std::filesystem::temp_directory_path() / "callarchive-vendor-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
  make_certificates();
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 256);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

FakeVendor::~FakeVendor() {
  stopping_ = true;
  acceptor_.join();
  {
    std::unique_lock lock(mutex_);
    served_.wait(lock, [this] { return serving_ == 0; });
  }
  ::close(listener_);
  SSL_CTX_free(context_);
  std::filesystem::remove_all(folder_);
}

void FakeVendor::make_certificates() {
  const Key ca_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
  const auto ca = make_certificate("Authority of the tests", ca_key.get(), nullptr, ca_key.get());
  const auto certificate = make_certificate("vendor.test", key.get(), ca.get(), ca_key.get());
  write_pem(ca_file(), [&](FILE* file) { PEM_write_X509(file, ca.get()); });
  context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context_, certificate.get());
  SSL_CTX_use_PrivateKey(context_, key.get());
}

void FakeVendor::accept() {
  while (!stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 50) <= 0) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    {
      const std::lock_guard lock(mutex_);
      ++serving_;
    }
    std::thread([this, fd] {
      serve(fd);
      const std::lock_guard lock(mutex_);
      --serving_;
      served_.notify_all();
    }).detach();
  }
}

void FakeVendor::serve(int fd) {
  const timeval limit{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  {
    const std::unique_ptr<SSL, Free> tls(SSL_new(context_));
    SSL_set_fd(tls.get(), fd);
    string head;
    char byte = 0;
    bool is_whole = SSL_accept(tls.get()) == 1;
    while (is_whole && !head.ends_with("\r\n\r\n")) {
      if (SSL_read(tls.get(), &byte, 1) != 1) is_whole = false;
      else head += byte;
    }
    Seen seen;
    if (is_whole) {
      seen = parse(head);
      seen.body.resize(seen.header("content-length").empty() ? 0 : std::stoul(seen.header("content-length")));
      for (std::size_t at = 0; is_whole && at < seen.body.size();) {
        const int got = SSL_read(tls.get(), seen.body.data() + at, static_cast<int>(seen.body.size() - at));
        if (got > 0) at += static_cast<std::size_t>(got);
        else is_whole = false;
      }
    }
    if (is_whole) {
      {
        const std::lock_guard lock(mutex_);
        seen_.push_back(seen);
      }
      Line line(tls.get(), stopping_);
      find(seen.path.substr(0, seen.path.find('?')))(seen, line);
      SSL_shutdown(tls.get());
    }
  }
  ::close(fd);
}

FakeVendor::Answer FakeVendor::find(const string& path) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = answers_.find(path); found != answers_.end()) return found->second;
  for (auto rule = answers_.rbegin(); rule != answers_.rend(); ++rule) {
    if (rule->first.ends_with('*') && path.starts_with(rule->first.substr(0, rule->first.size() - 1))) {
      return rule->second;
    }
  }
  return [](const Seen&, Line& line) { line.answer(404, "{}"); };
}

void FakeVendor::on(const string& path, Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_[path] = std::move(answer);
}

std::vector<Seen> FakeVendor::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

int FakeVendor::count(const string& path) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(
      std::count_if(seen_.begin(), seen_.end(), [&](const Seen& seen) { return seen.path == path; }));
}

string FakeVendor::url(const string& host, const string& path) const {
  return "https://" + host + ":" + std::to_string(port_) + path;
}

DownloadRules FakeVendor::rules() const {
  const string port = ":" + std::to_string(port_);
  DownloadRules rules;
  rules.transfer.hosts = {"*.vendor.test" + port, "localhost" + port};
  rules.transfer.allow_loopback = true;
  rules.transfer.ca_file = ca_file();
  for (const char* name : {"api.vendor.test", "media.vendor.test", "other.test"}) {
    rules.transfer.resolve.push_back(name + port + ":127.0.0.1");
  }
  rules.vendor_url = url("api.vendor.test", "");
  return rules;
}

string make_sound(const string& name, double seconds, int hertz) {
  const test::TemporaryFolder folder;
  const string path = folder.file(name);
  const string command = string("sox -V1 -q -n -r 8000 -c 1 ") + (name.ends_with(".wav") ? "-b 16 '" : "'") + path +
                         "' synth " + std::to_string(seconds) + " sine " + std::to_string(hertz);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("sox failed: " + command);
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace callarchive::recordings::testing
