#include "storage/sqlite/seal.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"

namespace callarchive::storage {
namespace {

constexpr int kSealBytes = 16;

char letter_of(int type) {
  switch (type) {
    case SQLITE_INTEGER: return 'i';
    case SQLITE_FLOAT: return 'r';
    case SQLITE_TEXT: return 't';
    case SQLITE_BLOB: return 'b';
    default: return 'n';
  }
}

void ledger_seal(sqlite3_context* context, int count, sqlite3_value** values) {
  string text;
  for (int i = 0; i < count; ++i) {
    const int type = sqlite3_value_type(values[i]);
    // Of a BLOB as it is; of anything else as text.
    const void* bytes = type == SQLITE_BLOB ? sqlite3_value_blob(values[i]) : sqlite3_value_text(values[i]);
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[i]));
    text += letter_of(type) + std::to_string(size) + ':';
    if (size > 0) text.append(static_cast<const char*>(bytes), size);
  }
  const auto digest = sha256(text);
  sqlite3_result_blob(context, digest.data(), kSealBytes, SQLITE_TRANSIENT);
}

}  // namespace

void add_seal_function(sqlite3* db) {
  sqlite3_create_function(db, "ledger_seal", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, ledger_seal, nullptr,
                          nullptr);
}

void seal_delivery(Connection& connection, std::int64_t delivery) {
  static const string sql = string("UPDATE deliveries SET seal = ") + kSealOfRow + " WHERE id = :id";
  connection.query(sql).bind(delivery).run();
}

}  // namespace callarchive::storage
