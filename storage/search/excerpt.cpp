#include "storage/search/excerpt.h"

#include "storage/text/ascii.h"
#include "storage/text/utf8.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

constexpr std::int64_t kExcerptLength = 200;  // code points
constexpr std::int64_t kExcerptBefore = 60;   // of these, before the first match
constexpr std::int64_t kCutSearch = 20;       // how far a cut may move to be between words
constexpr const char* kEllipsis = "…";

std::int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); });
}

// `count` code points back or forth from `at`, as far as the text goes.
std::size_t back(std::string_view text, std::size_t at, std::int64_t count) {
  while (at > 0 && count > 0) {
    if (!is_continuation(text[--at])) --count;
  }
  return at;
}
std::size_t forth(std::string_view text, std::size_t at, std::int64_t count) {
  while (at < text.size() && count > 0) {
    for (++at; at < text.size() && is_continuation(text[at]);) ++at;
    --count;
  }
  return at;
}

}  // namespace

void merge_ranges(vector<ByteRange>& ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
  vector<ByteRange> merged;
  for (const auto& range : ranges) {
    if (merged.empty() || range.begin > merged.back().end) merged.push_back(range);
    else merged.back().end = std::max(merged.back().end, range.end);
  }
  ranges = std::move(merged);
}

Excerpt make_excerpt(std::string_view text, const vector<ByteRange>& ranges) {
  std::size_t begin = 0, end = text.size();
  if (forth(text, 0, kExcerptLength) < text.size()) {
    const std::size_t first = ranges.empty() ? 0 : std::min(ranges.front().begin, text.size());
    begin = back(text, first, kExcerptBefore);
    end = forth(text, begin, kExcerptLength);
    begin = back(text, end, kExcerptLength);  // near the end of the text, show more of what is before
    // Move the cuts outwards from words, but never across the match or far.
    for (std::size_t at = begin; begin > 0 && at < std::min(first, forth(text, begin, kCutSearch)); ++at) {
      if (!ascii::is_space(text[at])) continue;
      begin = at + 1;
      break;
    }
    const std::size_t stop = std::max(back(text, end, kCutSearch), ranges.empty() ? 0 : ranges.front().end);
    for (std::size_t at = end; end < text.size() && at > stop; --at) {
      if (!ascii::is_space(text[at])) continue;
      end = at;
      break;
    }
  }
  Excerpt excerpt;
  if (begin > 0) excerpt.text += kEllipsis;
  const std::int64_t shift = begin > 0 ? 1 : 0;
  excerpt.text += text.substr(begin, end - begin);
  if (end < text.size()) excerpt.text += kEllipsis;
  for (const auto& range : ranges) {
    if (range.begin < begin || range.begin >= end) continue;
    const auto from = code_points(text.substr(begin, range.begin - begin)) + shift;
    const auto length = code_points(text.substr(range.begin, std::min(range.end, end) - range.begin));
    excerpt.ranges.push_back({from, from + length});
  }
  return excerpt;
}

}  // namespace callarchive::storage
