#pragma once

#include "server/vendor/client.h"
#include "storage/records.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

// The vendor's routes that are read: what is sent to them, and the pieces of what they answer. Bodies are byte by byte
// as the vendor wrote them.

namespace callarchive::vendor {

// A number of the account, or a name under which texts are sent.
struct Line {
  string number = {};
  string name = {};
};

// What the key may, as far as the vendor tells.
struct Me {
  bool is_known = false;
  vector<string> scopes = {};
  bool may(const string& scope) const;  // true if it is not known
};

struct Search {
  string line = {};
  bool is_about_calls = true;             // else about texts
  optional<std::int64_t> first_day = {};  // both or none
  optional<std::int64_t> last_day = {};
};

struct PageOfItems {
  vector<string> items = {};
  optional<std::int64_t> total = {};  // of all pages, where the route counts
  bool has_more = false;
};

// For one thread. Every function throws VendorError and Stopped.
class Api {
 public:
  explicit Api(Client& client) : client_(client) {}
  Client& client() { return client_; }

  // Asks what the key may, and keeps to the rates that the vendor names.
  Me find_me();

  // Version 2. Pages are counted from 1.
  vector<string> find_all(const string& what);  // users, tags, numbers
  std::int64_t count(const Search& search);
  PageOfItems find_items(const Search& search, int page, int size = kPageSize);  // the oldest first, with transcripts
  vector<string> find_by_id(const vector<string>& ids);  // at most 100; unknown ones are left out
  PageOfItems find_people(int page);                     // changed last, first

  // Version 1. Pages are counted from 0; calls are the newest first.
  vector<string> find_v1_numbers();
  PageOfItems find_v1_calls(const string& line, int page);
  PageOfItems find_v1_contacts(int page);
  PageOfItems find_v1_conversation(const string& contact_id, int page);  // its entries

  static constexpr int kPageSize = 100;

 private:
  PageOfItems search(const Search& search, int page, int size);
  PageOfItems get_v1(const string& path, int page);

  Client& client_;
  // Documents and live programs disagree about these words: what was refused is not used again.
  std::size_t sort_ = 0;
  std::size_t text_kind_ = 0;
};

// The lines among the bodies of a list of numbers.
vector<Line> lines_of(const vector<string>& bodies);

}  // namespace callarchive::vendor
