#include "storage/reader.h"

#include "storage/read/connection.h"

#include <utility>

namespace callarchive {

Reader::Reader(std::unique_ptr<storage::ReadConnection> connection, GiveBack give_back)
    : connection_(std::move(connection)), give_back_(std::move(give_back)) {}

Reader::~Reader() {
  if (connection_) give_back_(std::move(connection_));
}

Reader::Reader(Reader&&) noexcept = default;

Reader& Reader::operator=(Reader&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(give_back_, other.give_back_);
  return *this;
}

}  // namespace callarchive
