#include "server/http/router.h"

#include "storage/text/ascii.h"

#include "server/http/url.h"

#include <algorithm>
#include <set>

namespace callarchive::http {
namespace {

constexpr std::string_view kParameter = "{";
constexpr std::string_view kRest = "{...}";

// "/a/b" has the segments "a" and "b"; "/" has one empty segment.
std::vector<std::string_view> split(std::string_view path) {
  path.remove_prefix(std::min<std::size_t>(path.size(), 1));
  return ascii::split(path, '/');
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  const auto fits_one = [](const std::string& expected, const std::string& given) {
    return expected == kParameter ? !given.empty() : expected == given;
  };
  if (pattern.back() != kRest) {
    return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(), fits_one);
  }
  return segments.size() >= pattern.size() &&
         std::equal(pattern.begin(), pattern.end() - 1, segments.begin(), fits_one);
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  for (Route& route : routes) {
    Entry entry{std::move(route), {}};
    for (const std::string_view segment : split(entry.route.pattern)) {
      entry.segments.emplace_back(segment.starts_with('{') && segment != kRest ? kParameter : segment);
    }
    entries_.push_back(std::move(entry));
  }
}

Match Router::match(std::string_view method, std::string_view raw_path) const {
  std::vector<std::string> segments;
  for (const std::string_view segment : split(raw_path)) {
    auto decoded = percent_decode(segment, false);
    if (!decoded) return {};
    segments.push_back(std::move(*decoded));
  }

  std::set<std::string> allowed;
  for (const Entry& entry : entries_) {
    if (!fits(entry.segments, segments)) continue;
    const std::string& served = entry.route.method;
    if (served == method || (served == "GET" && method == "HEAD")) {
      Match match{&entry.route, {}, {}};
      for (std::size_t i = 0; i < entry.segments.size(); ++i) {
        if (entry.segments[i] == kParameter) match.parameters.push_back(std::move(segments[i]));
      }
      return match;
    }
    allowed.insert(served);
    if (served == "GET") allowed.insert("HEAD");
  }
  if (allowed.empty()) return {};
  allowed.insert("OPTIONS");
  return {nullptr, {}, ascii::join(allowed, ", ")};
}

}  // namespace callarchive::http
