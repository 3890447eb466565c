#include "server/api/running_digest.h"

#include "storage/sqlite/digest.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace callarchive::api {
namespace {

void require(int success) {
  if (success != 1) throw std::runtime_error("SHA-256 is not available in this OpenSSL");
}

}  // namespace

struct RunningDigest::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

RunningDigest::RunningDigest() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr));
}

RunningDigest::~RunningDigest() = default;

void RunningDigest::add(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string RunningDigest::hex() {
  storage::Sha256 digest{};
  require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr));
  return storage::to_hex(storage::bytes_of(digest));
}

}  // namespace callarchive::api
