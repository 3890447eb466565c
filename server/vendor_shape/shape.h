#pragma once

#include "server/access/access.h"
#include "server/api/context.h"
#include "server/http.h"
#include "server/http/request_rate.h"
#include "server/vendor_shape/companies.h"
#include "server/vendor_shape/key_lists.h"
#include "server/vendor_shape/records.h"
#include "server/vendor_shape/refusal.h"

#include <memory>

// The vendor's own REST API, versions 1 and 2, answered from the archive: for programs that were written for it. Only
// what reads; who writes is refused in the vendor's words. docs/vendor-shape.md says what is answered.

namespace callarchive::vendor_shape {

// What the handlers share.
struct Shape {
  api::Context api;
  std::shared_ptr<AccessControl> access;
  KeyLists lists = KeyLists();
  Companies companies = {};
  http::RequestRate rate = http::RequestRate(200);
  string link_secret = {};  // of links to recordings, for the time that the program runs
};

// A handler returns the JSON of a 200 or throws Refusal, or what the archive throws at a query.
using Handle = Json (*)(Shape& shape, const http::Request& request);

struct Operation {
  Version version;
  const char* method;
  const char* pattern;      // as the vendor has it: "/v1/api/calls"
  const char* scope;        // that the vendor wants for it
  const char* description;  // for /v2/api/me
  Handle handle;
};
const std::vector<Operation>& operations_v1();
const std::vector<Operation>& operations_v2();

// All routes: under the vendor's paths, and again under /allo, for programs that are given a base URL with a path.
std::vector<http::Route> make_routes(const api::Context& api, std::shared_ptr<AccessControl> access);
constexpr const char* kPrefix = "/allo";
bool is_vendor_path(std::string_view path);
// The gate for hosts where the vendor's API is all that there is.
http::Gate on_own_hosts(std::vector<std::string> hosts, http::Gate gate);

// --- For handlers ---------------------------------------------------------------------------------------------

Reader open_reader(const Shape& shape);

// Parameters, by name; the vendor ignores those that it does not know.
optional<string> parameter(const http::Request& request, std::string_view name);
// Whether `extend`, a list of names separated by commas, has this one.
bool is_extended(const optional<string>& extend, std::string_view name);
string required(const optional<string>& value, const char* code, const char* name);

// A page by number. Version 1 begins with 0, version 2 with 1.
struct PageNumber {
  std::int64_t begin = 0;  // rows before it
  std::int64_t page = 0;
  std::int64_t size = 0;
};
PageNumber page_of(Version version, const optional<std::int64_t>& page, const optional<std::int64_t>& size);
PageNumber page_of(Version version, const http::Request& request);

// The keys of a page, in the order of the list or from its end.
Keys keys_of_page(const Keys& all, const PageNumber& page, bool reversed = false);

std::int64_t total_pages(const Keys& all, const PageNumber& page);

// All keys of a list, which were remembered or are loaded now. `name` tells lists apart.
std::shared_ptr<const Keys> keys_of(Shape& shape, Reader& reader, const string& name,
                                    const std::function<Keys()>& load);
// Of calls and messages; the name is made of the filter.
std::shared_ptr<const Keys> item_keys(Shape& shape, Reader& reader, const ItemListFilter& filter);

}  // namespace callarchive::vendor_shape
