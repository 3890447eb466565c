#include "storage/search/folding.h"

#include "storage/text/ascii.h"
#include "storage/text/utf8.h"

#include <algorithm>
#include <array>

namespace callarchive::storage {
namespace {

struct Range {
  char32_t first, last;
};
// Blocks of scripts written without spaces: Thai to Myanmar, Khmer, kana and ideographs.
constexpr std::array<Range, 12> kUnspaced = {{{0x0e00, 0x0eff},
                                              {0x0f00, 0x109f},
                                              {0x1780, 0x17ff},
                                              {0x1950, 0x19df},
                                              {0x3005, 0x3007},
                                              {0x3040, 0x30ff},
                                              {0x31f0, 0x31ff},
                                              {0x3400, 0x4dbf},
                                              {0x4e00, 0x9fff},
                                              {0xf900, 0xfaff},
                                              {0xff66, 0xff9f},
                                              {0x20000, 0x3fffd}}};
// Letters and digits that may touch them inside one word: Latin, Greek, Cyrillic, and full-width Latin.
constexpr std::array<Range, 8> kSpaced = {{{'0', '9'},
                                           {'A', 'Z'},
                                           {'a', 'z'},
                                           {0xc0, 0x24f},
                                           {0x370, 0x52f},
                                           {0xff10, 0xff19},
                                           {0xff21, 0xff3a},
                                           {0xff41, 0xff5a}}};

// Nonspacing and spacing marks among them (Unicode's Mn and Mc): Thai, Lao, Tibetan, Myanmar, Khmer.
constexpr std::array<Range, 26> kMarks = {
    {{0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0xeb1, 0xeb1},   {0xeb4, 0xebc},   {0xec8, 0xecd},
     {0xf18, 0xf19},   {0xf35, 0xf35},   {0xf37, 0xf37},   {0xf39, 0xf39},   {0xf3e, 0xf3f},   {0xf71, 0xf84},
     {0xf86, 0xf87},   {0xf8d, 0xfbc},   {0xfc6, 0xfc6},   {0x102b, 0x103e}, {0x1056, 0x1059}, {0x105e, 0x1060},
     {0x1062, 0x1064}, {0x1067, 0x106d}, {0x1071, 0x1074}, {0x1082, 0x108d}, {0x108f, 0x108f}, {0x109a, 0x109d},
     {0x17b4, 0x17d3}, {0x17dd, 0x17dd}}};
constexpr char32_t kFirstMarkBlock = 0xe00;
constexpr char32_t kMarksAsLetters = 0xe100;

template <std::size_t n>
bool is_in(const std::array<Range, n>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

constexpr const char* kRunMark = "\xee\x80\x80";  // U+E000, of private use: the tokenizer takes it for a word

constexpr std::int64_t kExcerptLength = 200;  // code points
constexpr std::int64_t kExcerptBefore = 60;   // of these, before the first match
constexpr std::int64_t kCutSearch = 20;       // how far a cut may move to stand between words
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

// Most texts have none, and this is asked of every text that comes in.
bool has_unspaced(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0xe0) ++at;  // no such script below U+0800
    else if (is_in(kUnspaced, next_character(text, at))) return true;
  }
  return false;
}

}  // namespace

void spell_plainly(string& text) {
  struct Spelling {
    std::string_view letter, plain;
  };
  static constexpr std::array<Spelling, 6> kSpellings = {
      {{"œ", "oe"}, {"Œ", "OE"}, {"æ", "ae"}, {"Æ", "AE"}, {"ß", "ss"}, {"ʼ", "''"}}};
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0xc3) continue;
    for (const auto& [letter, plain] : kSpellings) {
      if (text.compare(i, letter.size(), letter) == 0) text.replace(i, letter.size(), plain);
    }
  }
}

vector<UnspacedPiece> unspaced_pieces(std::string_view text) {
  vector<UnspacedPiece> pieces;
  if (!has_unspaced(text)) return pieces;
  optional<UnspacedPiece> word;  // of another script, being read; kept once it touches
  bool joined = false;           // the last character belongs to a run
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_character(text, at);
    if (is_in(kUnspaced, c)) {
      if (word && !joined) pieces.push_back(*word);  // it stands before the run
      joined = joined || word.has_value();
      word.reset();
      pieces.push_back({begin, at, joined});
      joined = true;
    } else if (is_in(kSpaced, c)) {
      if (!word) {
        word = UnspacedPiece{begin, at, joined};
        if (joined) pieces.push_back(*word);
      }
      word->end = at;
      if (joined) pieces.back().end = at;
    } else {
      word.reset();
      joined = false;
    }
  }
  return pieces;
}

string unspaced_text(std::string_view text, const vector<UnspacedPiece>& pieces, vector<std::size_t>* begins) {
  string out;
  for (const auto& piece : pieces) {
    if (!out.empty()) out += ' ';
    if (!out.empty() && !piece.joined) (out += kRunMark) += ' ';
    if (begins != nullptr) begins->push_back(out.size());
    std::size_t at = piece.begin;
    if (const char32_t c = next_character(text, at); is_in(kMarks, c))
      append_utf8(out, c - kFirstMarkBlock + kMarksAsLetters);
    else out += text.substr(piece.begin, piece.end - piece.begin);
  }
  return out;
}

void JoinedColumns::add(std::string_view column) {
  starts.push_back(text.size());
  (text += column) += '\n';
}

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
    begin = back(text, end, kExcerptLength);  // at the end of the text, show more of what stands before
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
