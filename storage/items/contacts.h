#pragma once

#include "storage/event.h"
#include "storage/items/event_order.h"

// Contacts: how the deliveries about one are merged, and every statement that reads or writes its rows.

namespace callarchive::storage {

class Connection;
class ReferenceRows;
class SearchIndex;

// Folds what the next delivery, in order, says into the state.
void merge(Contact& state, const ContactChanged& said);
// Whether two states look the same to a reader: the vendor's id of a company is not shown.
bool is_same_state(const Contact& a, const Contact& b);

// What one delivery says about a contact.
struct ContactVersionRow {
  std::int64_t delivery = 0;
  EventOrder order = {};
  ContactChanged said = {};
};

// Rows in the order of their keys; keys without a row are left out.
vector<Contact> load_contacts(Connection& connection, const vector<std::int64_t>& keys);

// Stores what a delivery says about the contact with this key.
void insert_contact_version(Connection& connection, std::int64_t key, const ContactVersionRow& version);

// The key of the contact with this id, which is inserted if there is none.
std::int64_t require_contact(Connection& connection, SearchIndex& index, const string& id);

// Folds a version that is the newest of all into the contact's rows.
void apply_to_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, std::int64_t key,
                      const ContactVersionRow& version);
// Makes the contact's rows again from all its versions.
void refold_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, std::int64_t key);

// All versions of a contact, in the order of docs/ordering.md.
vector<ContactVersionRow> load_contact_versions(Connection& connection, std::int64_t key);

}  // namespace callarchive::storage
