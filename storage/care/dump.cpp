#include "storage/care/dump.h"

#include "storage/read/connection.h"

#include <algorithm>

namespace callarchive {
namespace {

using namespace storage;

// What must not be compared: the ledger itself, what only this file decided, and the index, which is made
// of the rows and checked by itself.
constexpr const char* kProjectedTables[] = {"numbers",
                                            "users",
                                            "companies",
                                            "tags",
                                            "calls",
                                            "transcript_entries",
                                            "call_tags",
                                            "collected_data",
                                            "ivr_results",
                                            "call_transfers",
                                            "messages",
                                            "timeline",
                                            "contacts",
                                            "contact_numbers",
                                            "contact_emails",
                                            "contact_properties",
                                            "contact_versions",
                                            "ringing"};

// Columns that refer to the ledger.
constexpr std::string_view kDeliveryColumns[] = {"delivery_id", "created_by", "updated_by"};

string digest_of_delivery(const string& table, const string& column) {
  return "(SELECT hex(sha256) || coalesce(' ' || webhook_id, '') FROM deliveries WHERE id = " + table + "." + column +
         ")";
}

struct Columns {
  string select;  // one text that holds the row
  string order;
};

Columns columns_of(Connection& connection, const string& table) {
  Columns columns;
  auto query = connection.query("SELECT name FROM pragma_table_info(?) ORDER BY cid");
  query.bind(table);
  while (query.step()) {
    const string name = query.text(0);
    const bool refers =
        std::find(std::begin(kDeliveryColumns), std::end(kDeliveryColumns), name) != std::end(kDeliveryColumns);
    const string value = refers ? digest_of_delivery(table, name) : "\"" + name + "\"";
    columns.select += (columns.select.empty() ? "'" : " || '|") + name + "=' || quote(" + value + ")";
    columns.order += (columns.order.empty() ? "" : ", ") + value;
  }
  return columns;
}

}  // namespace

std::span<const char* const> projected_tables() { return kProjectedTables; }

void dump_tables(const string& path, const std::function<void(std::string_view line)>& write) {
  try {
    Connection connection(path, Connection::Mode::read_only);
    const Snapshot snapshot(connection);
    for (const string table : kProjectedTables) {
      const auto columns = columns_of(connection, table);
      auto query = connection.query("SELECT " + columns.select + " FROM " + table + " ORDER BY " + columns.order);
      while (query.step()) write(table + "|" + query.text(0));
    }
  } catch (const SQLite::Exception& error) {
    throw CannotOpen(path + ": " + error.what());
  }
}

}  // namespace callarchive
