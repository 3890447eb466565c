#pragma once

#include "storage/reader.h"

#include <memory>
#include <mutex>

namespace callarchive::vendor_shape {

// A company as far as its people tell of it: the archive hears of companies in contacts alone.
struct CompanyRecord {
  string id = {};  // the vendor's, else the name
  optional<string> name = {};
  string folded_name = {};  // for searches
  string name_key = {};     // orders by name
  std::int64_t person_count = 0;
  Millis created_at = 0;  // when the first of its people was created,
  Millis updated_at = 0;  // and when one of them was changed last
};

// The companies of all contacts, remembered while the archive stays as it is. Any thread.
class Companies {
 public:
  using List = std::vector<CompanyRecord>;

  // In the order of their ids. Reads every contact when something has arrived since the last time.
  std::shared_ptr<const List> find(Reader& reader);

 private:
  std::mutex mutex_;  // guards what follows
  optional<std::int64_t> newest_ = {};
  std::shared_ptr<const List> list_ = {};
};

}  // namespace callarchive::vendor_shape
