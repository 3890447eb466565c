#include "storage/ledger/changes.h"

#include "storage/items/item_key.h"
#include "storage/sqlite/connection.h"

namespace callarchive::storage {
namespace {

constexpr const char* kNoteCall =
    "INSERT INTO changes (kind, object_id, delivery_id) SELECT 'call', id, ? FROM calls WHERE id_key = ?";
constexpr const char* kNoteMessage =
    "INSERT INTO changes (kind, object_id, delivery_id) SELECT 'message', id, ? FROM messages WHERE id_key = ?";
constexpr const char* kNoteContact =
    "INSERT INTO changes (kind, object_id, delivery_id) SELECT 'contact', id, ? FROM contacts WHERE id_key = ?";

const char* note_of(Object::Kind kind) {
  switch (kind) {
    case Object::Kind::call: return kNoteCall;
    case Object::Kind::message: return kNoteMessage;
    case Object::Kind::contact: break;
  }
  return kNoteContact;
}

}  // namespace

void note_change(Connection& connection, const Object& object, std::int64_t delivery) {
  connection.query(note_of(object.kind)).bind(delivery, comparable_id(object.id)).run();
}

void note_gone_message(Connection& connection, const string& id, std::int64_t delivery) {
  connection.query("INSERT INTO changes (kind, object_id, delivery_id, erased) VALUES ('message', ?, ?, 1)")
      .bind(id, delivery)
      .run();
}

void prepare_feed(Connection& connection) {
  connection
      .query(
          "INSERT INTO settings (name, value) VALUES ('feed_epoch', lower(hex(randomblob(8)))) ON CONFLICT DO NOTHING")
      .run();
}

void begin_new_feed(Connection& connection) {
  connection
      .query(
          "INSERT INTO settings (name, value) VALUES ('feed_epoch', lower(hex(randomblob(8))))"
          " ON CONFLICT DO UPDATE SET value = excluded.value")
      .run();
}

}  // namespace callarchive::storage
