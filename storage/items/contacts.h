#pragma once

#include "storage/event.h"
#include "storage/items/event_order.h"

// Contacts: how what is said of one is put together, and every statement that reads its rows or writes them.

namespace callarchive::storage {

class Connection;
class ReferenceRows;
class SearchIndex;

// Folds what a delivery says into the state before it.
void merge(Contact& state, const ContactChanged& said);
// Whether two states look the same to a reader: the vendor's id of a company is not shown.
bool is_same_state(const Contact& a, const Contact& b);

// What one delivery says of a contact.
struct ContactVersionRow {
  std::int64_t delivery = 0;
  EventOrder order = {};
  ContactChanged said = {};
};

// Rows in the order of their keys; keys without a row are left out.
vector<Contact> load_contacts(Connection& connection, const vector<std::int64_t>& keys);

void insert_contact_version(Connection& connection, std::int64_t key, const ContactVersionRow& version);

// The key of the contact with this id, made if there is none yet.
std::int64_t require_contact(Connection& connection, SearchIndex& index, const string& id);

// Folds a version into the contact's row, where it is the newest of all.
void apply_to_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, std::int64_t key,
                      const ContactVersionRow& version);
// Makes the contact's row again out of everything that was ever said of it.
void refold_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, std::int64_t key);

// Everything that was said of a contact, in the order in which it holds.
vector<ContactVersionRow> load_contact_versions(Connection& connection, std::int64_t key);

}  // namespace callarchive::storage
