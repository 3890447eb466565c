#include "tests/http/live_server.h"
#include "tests/http/raw_client.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace callarchive::http::testing {
namespace {

using std::string;

// A self-signed certificate and its key in files that go with it.
class Certificate {
 public:
  explicit Certificate(const string& name) : folder_(make_folder()) { write(name); }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  string certificate_file() const { return (folder_ / "cert.pem").string(); }
  string key_file() const { return (folder_ / "key.pem").string(); }

  void write(const string& name) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = std::fopen(certificate_file().c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_file().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

 private:
  static std::filesystem::path make_folder() {
    string name = (std::filesystem::temp_directory_path() / "callarchive-tls-XXXXXX").string();
    return ::mkdtemp(name.data());
  }
  std::filesystem::path folder_;
};

ServerOptions with_tls(const Certificate& certificate) {
  ServerOptions options = patient();
  options.tls_certificate = certificate.certificate_file();
  options.tls_key = certificate.key_file();
  return options;
}

class TlsClient {
 public:
  explicit TlsClient(int port, int newest = TLS1_3_VERSION) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, newest);
    SSL_CTX_set_security_level(context, 0);
    tls_ = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(tls_, fd_);
    connected_ = SSL_connect(tls_) == 1;
  }
  ~TlsClient() {
    SSL_free(tls_);
    ::close(fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool is_connected() const { return connected_; }
  void send(std::string_view bytes) { SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())); }

  // Reads until the text has come (so far and in all), and returns what came before it.
  string read_until(const string& text) {
    std::size_t at = 0;
    for (std::size_t looked = 0; (at = buffer_.find(text, looked)) == string::npos;) {
      looked = buffer_.size() < text.size() ? 0 : buffer_.size() - text.size();
      string piece(16384, '\0');
      const int size = SSL_read(tls_, piece.data(), static_cast<int>(piece.size()));
      if (size <= 0) return "the connection ended";
      buffer_.append(piece, 0, static_cast<std::size_t>(size));
    }
    const string before = buffer_.substr(0, at);
    buffer_.erase(0, at + text.size());
    return before;
  }
  // Whether the server says that it ends, as TLS asks for, so that a cut connection is not taken for a whole one.
  bool is_ended_in_order() {
    char byte = 0;
    return SSL_read(tls_, &byte, 1) == 0 && (SSL_get_shutdown(tls_) & SSL_RECEIVED_SHUTDOWN);
  }
  string server_name() const {
    X509* certificate = SSL_get1_peer_certificate(tls_);
    string name(100, '\0');
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), 100);
    X509_free(certificate);
    return name.substr(0, static_cast<std::size_t>(size));
  }

 private:
  int fd_;
  SSL* tls_ = nullptr;
  bool connected_ = false;
  string buffer_;
};

TEST(Tls, AnswersAgainAndAgain) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  TlsClient client(live.port());
  ASSERT_TRUE(client.is_connected());
  for (int i = 0; i < 5; ++i) {
    client.send(get("/hello"));
    EXPECT_EQ(client.read_until("hello").find("HTTP/1.1 200 OK"), 0u) << i;
  }
}

TEST(Tls, CarriesLargeBodiesBothWays) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  TlsClient client(live.port());
  client.send(post("/webhook", string(5000000, 'x')));
  EXPECT_EQ(client.read_until("5000000").find("HTTP/1.1 200 OK"), 0u);
  client.send(get("/large"));
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_until(string(1u << 20, 'x')), "");
  client.send(get("/stream"));
  EXPECT_EQ(client.read_until("\r\n0\r\n\r\n").find("HTTP/1.1 200 OK"), 0u);
}

// A file has to be encrypted piece by piece, where a plain connection leaves it to the system.
TEST(Tls, CarriesFilesWholeAndInRanges) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  TlsClient client(live.port());
  const string bytes = file_bytes();
  client.send(get("/file"));
  EXPECT_EQ(client.read_until("\r\n\r\n").find("HTTP/1.1 200 OK"), 0u);
  EXPECT_EQ(client.read_until(bytes), "");
  client.send(get("/file", "Range: bytes=100000-299999\r\n"));
  EXPECT_EQ(client.read_until("\r\n\r\n").find("HTTP/1.1 206 "), 0u);
  EXPECT_EQ(client.read_until(bytes.substr(100000, 200000)), "");
  client.send(get("/file", "Range: bytes=-5\r\n"));
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_until(bytes.substr(bytes.size() - 5)), "");
  client.send(get("/hello"));  // nothing is left over
  EXPECT_EQ(client.read_until("hello").find("HTTP/1.1 200 OK"), 0u);
}

// What follows a request in the same record has left the socket already; no event will tell of it.
TEST(Tls, AnswersRequestsThatShareARecord) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  TlsClient client(live.port());
  client.send(post("/webhook", "123") + get("/items/second") + post("/webhook", string(9000, 'x')) +
              get("/items/fourth"));
  for (const string expected : {"\r\n\r\n3", "\r\n\r\nsecond", "\r\n\r\n9000", "\r\n\r\nfourth"}) {
    EXPECT_EQ(client.read_until(expected).find("HTTP/1.1 200 OK"), 0u) << expected;
  }
}

TEST(Tls, EndsInOrder) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  TlsClient asked(live.port());
  asked.send(get("/hello", "Connection: close\r\n"));
  asked.read_until("hello");
  EXPECT_TRUE(asked.is_ended_in_order());
  TlsClient refused(live.port());
  refused.send("nonsense\r\n\r\n");
  refused.read_until("\"request_id\":\"");
  refused.read_until("}");
  EXPECT_TRUE(refused.is_ended_in_order());
}

TEST(Tls, ClientsThatDoNotFinishTheHandshakeStopNobody) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back(live.port());
    if (i % 2) clients.back().send("\x16\x03\x01");
  }
  TlsClient client(live.port());
  client.send(post("/webhook", "{}"));
  EXPECT_EQ(client.read_until("\r\n\r\n2").find("HTTP/1.1 200 OK"), 0u);
}

TEST(Tls, PlainHttpAndOldVersionsAreRefused) {
  const Certificate certificate("one");
  LiveServer live(with_tls(certificate));
  RawClient plain(live.port());
  plain.send(get("/hello"));
  EXPECT_TRUE(plain.is_closed_by_server());
  EXPECT_FALSE(TlsClient(live.port(), TLS1_1_VERSION).is_connected());
  EXPECT_TRUE(TlsClient(live.port(), TLS1_2_VERSION).is_connected());
  EXPECT_FALSE(live.observed().contains("/hello"));
}

TEST(Tls, ANewCertificateIsForNewConnections) {
  const Certificate certificate("old");
  LiveServer live(with_tls(certificate));
  TlsClient before(live.port());
  EXPECT_EQ(before.server_name(), "old");
  certificate.write("new");
  live.server().reload_tls();
  EXPECT_EQ(TlsClient(live.port()).server_name(), "new");
  before.send(get("/hello"));
  EXPECT_EQ(before.read_until("hello").find("HTTP/1.1 200 OK"), 0u);

  std::ofstream(certificate.key_file()) << "nonsense";
  EXPECT_THROW(live.server().reload_tls(), std::runtime_error);
  EXPECT_EQ(TlsClient(live.port()).server_name(), "new");
}

TEST(Tls, RefusesFilesThatDoNotFit) {
  const Certificate one("one");
  const Certificate two("two");
  ServerOptions options = with_tls(one);
  options.tls_key = two.key_file();
  EXPECT_THROW(Server(options, {}, nullptr, nullptr), std::runtime_error);
  options.tls_key = "";
  EXPECT_THROW(Server(options, {}, nullptr, nullptr), std::runtime_error);
  options.tls_key = one.key_file() + ".missing";
  EXPECT_THROW(Server(options, {}, nullptr, nullptr), std::runtime_error);
}

}  // namespace
}  // namespace callarchive::http::testing
