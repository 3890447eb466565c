#include "storage/care/ledger_pages.h"

#include "storage/errors.h"
#include "storage/sqlite/digest.h"
#include "storage/sqlite/open_regular.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <variant>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

constexpr unsigned char kTableLeaf = 13;
constexpr std::size_t kHeaderOfFile = 100;  // before the first page's own
constexpr std::size_t kDefaultPage = 4096;
constexpr std::size_t kColumns = 16;           // of the first schema that had rows; later ones were added behind
constexpr std::size_t kMergedAt = 17;          // after arrived_at
constexpr std::int64_t kLargestRow = 1 << 30;  // as SQLite allows by default

using Value = std::variant<std::monostate, std::int64_t, double, string>;

// What is no row ends here.
struct NoRow {};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// Takes bytes from the front; throws NoRow where there are not enough.
std::string_view take(std::string_view& from, std::size_t count) {
  if (count > from.size()) throw NoRow{};
  const auto taken = from.substr(0, count);
  from.remove_prefix(count);
  return taken;
}

// 1 to 9 bytes, seven bits in each but the ninth.
std::int64_t take_varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (int i = 0; i < 9; ++i) {
    const auto byte = static_cast<unsigned char>(take(from, 1).front());
    if (i == 8) {
      value = value << 8 | byte;
      break;
    }
    value = value << 7 | (byte & 0x7fu);
    if (byte < 0x80) break;
  }
  return static_cast<std::int64_t>(value);
}

std::int64_t signed_value(std::string_view bytes) {
  const auto unused = static_cast<int>(64 - 8 * bytes.size());
  return static_cast<std::int64_t>(big_endian(bytes) << unused) >> unused;
}

Value take_value(std::string_view& payload, std::int64_t type) {
  constexpr std::size_t kSizes[] = {0, 1, 2, 3, 4, 6, 8};
  if (type == 0) return {};
  if (type >= 1 && type <= 6) return signed_value(take(payload, kSizes[type]));
  if (type == 7) return std::bit_cast<double>(big_endian(take(payload, 8)));
  if (type == 8 || type == 9) return std::int64_t{type - 8};
  if (type < 12) throw NoRow{};
  return string(take(payload, static_cast<std::size_t>((type - 12) / 2)));
}

// A record: the length of its header, the types of its values, the values.
vector<Value> read_record(std::string_view payload) {
  std::string_view rest = payload;
  const auto header_size = static_cast<std::size_t>(take_varint(rest));
  const std::size_t used = payload.size() - rest.size();
  if (header_size < used || header_size > payload.size()) throw NoRow{};
  std::string_view header = payload.substr(used, header_size - used), values = payload.substr(header_size);
  vector<Value> record;
  while (!header.empty()) record.push_back(take_value(values, take_varint(header)));
  return record;
}

template <typename T>
optional<T> maybe(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (const auto* found = std::get_if<T>(&value)) return *found;
  throw NoRow{};
}
template <typename T>
T require(const Value& value) {
  if (auto found = maybe<T>(value)) return *std::move(found);
  throw NoRow{};
}

// The columns as migrations/0001_ledger.sql has them. The number is the key of the row, not a value.
RawDelivery to_row(std::int64_t id, const vector<Value>& record) {
  if (record.size() < kColumns || id <= 0) throw NoRow{};
  RawDelivery row;
  row.id = id;
  row.received_at = require<std::int64_t>(record[1]);
  row.times_received = require<std::int64_t>(record[2]);
  row.last_received_at = require<std::int64_t>(record[3]);
  row.origin = require<string>(record[4]);
  row.dialect = require<string>(record[5]);
  row.topic = maybe<string>(record[6]);
  row.event_time = maybe<std::int64_t>(record[7]);
  row.webhook_id = maybe<string>(record[8]);
  row.sha256 = require<string>(record[9]);
  row.object_id = maybe<string>(record[10]);
  row.object_key = maybe<std::int64_t>(record[11]);
  row.repeat_of = maybe<std::int64_t>(record[12]);
  row.outcome = require<string>(record[13]);
  row.reason = maybe<string>(record[14]);
  row.body = require<string>(record[15]);
  if (record.size() > kMergedAt) row.merged_at = maybe<std::int64_t>(record[kMergedAt]);
  if (!fits(row.body, row.sha256)) throw NoRow{};
  return row;
}

class Pages {
 public:
  explicit Pages(const string& path) : path_(path), descriptor_(open_regular(path, O_RDONLY)) {
    struct stat info {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &info) != 0) fail();
    bytes_ = static_cast<std::size_t>(info.st_size);
    read_header();
    count_ = bytes_ / size_;
  }
  ~Pages() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  std::size_t count() const { return count_; }

  // From 1. A page that the disk cannot read has no bytes.
  string read(std::size_t page) const {
    string bytes(size_, '\0');
    const auto got = ::pread(descriptor_, bytes.data(), size_, static_cast<off_t>((page - 1) * size_));
    if (got != static_cast<ssize_t>(size_)) bytes.clear();
    return bytes;
  }

  // The payload of a cell that begins with `cell`, behind its length and key. What does not fit into the page lies in a
  // chain of others.
  string payload(std::string_view cell, std::int64_t length) const {
    if (length <= 0 || length > kLargestRow || static_cast<std::size_t>(length) > bytes_) throw NoRow{};
    const std::size_t all = static_cast<std::size_t>(length), usable = size_ - reserved_;
    const std::size_t most = usable - 35, least = (usable - 12) * 32 / 255 - 23;
    std::size_t local = all;
    if (all > most) {
      local = least + (all - least) % (usable - 4);
      if (local > most) local = least;
    }
    string bytes(take(cell, local));
    if (local == all) return bytes;
    for (std::size_t next = big_endian(take(cell, 4)); bytes.size() < all;) {
      if (next == 0 || next > count_) throw NoRow{};
      const string page = read(next);
      if (page.empty()) throw NoRow{};
      next = big_endian(std::string_view(page).substr(0, 4));
      bytes += std::string_view(page).substr(4, std::min(usable - 4, all - bytes.size()));
    }
    return bytes;
  }

 private:
  // The header may be what is damaged: then it is as this program makes it.
  void read_header() {
    string header(kHeaderOfFile, '\0');
    const bool is_there = ::pread(descriptor_, header.data(), header.size(), 0) == static_cast<ssize_t>(header.size());
    if (!is_there || !header.starts_with("SQLite format 3")) return;
    const auto size = big_endian(std::string_view(header).substr(16, 2));
    const std::size_t page = size == 1 ? 65536 : size;
    if (page < 512 || !std::has_single_bit(page)) return;
    size_ = page;
    reserved_ = static_cast<unsigned char>(header[20]);
  }
  [[noreturn]] void fail() const { throw NotDurable(path_ + ": " + std::strerror(errno)); }

  const string path_;
  int descriptor_;
  std::size_t bytes_ = 0;
  std::size_t size_ = kDefaultPage;
  std::size_t reserved_ = 0;
  std::size_t count_ = 0;
};

void read_cell(const Pages& pages, std::string_view cell, const std::function<void(RawDelivery)>& give) {
  try {
    const auto length = take_varint(cell);
    const auto id = take_varint(cell);
    give(to_row(id, read_record(pages.payload(cell, length))));
  } catch (const NoRow&) {
    // Of another table, or damaged.
  }
}

}  // namespace

void for_rows_in_pages(const string& path, const std::function<void(RawDelivery)>& give) {
  const Pages pages(path);
  for (std::size_t number = 1; number <= pages.count(); ++number) {
    const string page = pages.read(number);
    const std::string_view bytes = page;
    const std::size_t begin = number == 1 ? kHeaderOfFile : 0;
    if (bytes.size() <= begin + 8 || static_cast<unsigned char>(bytes[begin]) != kTableLeaf) continue;
    const std::size_t cells = big_endian(bytes.substr(begin + 3, 2));
    for (std::size_t i = 0; i < cells && begin + 8 + 2 * i + 2 <= bytes.size(); ++i) {
      const std::size_t at = big_endian(bytes.substr(begin + 8 + 2 * i, 2));
      if (at < bytes.size()) read_cell(pages, bytes.substr(at), give);
    }
  }
}

}  // namespace callarchive::storage
