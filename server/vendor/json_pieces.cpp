#include "server/vendor/json_pieces.h"

namespace callarchive::vendor {
namespace {

using std::string_view;

constexpr string_view kSpace = " \t\r\n";

string_view trimmed(string_view text) {
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Where the text behind a string begins, whose first quote is at `at`.
std::size_t end_of_string(string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') ++at;
    else if (text[at] == '"') return at + 1;
  }
  return text.size();
}

// The pieces between the outermost commas of an array or object.
std::vector<string_view> pieces(string_view text, char open) {
  std::vector<string_view> found;
  text = trimmed(text);
  if (text.size() < 2 || text.front() != open) return found;
  std::size_t begin = 1, depth = 0;
  for (std::size_t at = 1; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (c == ',' || closes)) {
      if (const auto piece = trimmed(text.substr(begin, at - begin)); !piece.empty()) found.push_back(piece);
      begin = at + 1;
      if (closes) break;
    }
    if (c == '{' || c == '[') ++depth;
    if (closes) --depth;
    ++at;
  }
  return found;
}

}  // namespace

string_view member_of(string_view object, string_view key) {
  for (const auto piece : pieces(object, '{')) {
    if (piece.front() != '"') continue;
    const auto end = end_of_string(piece, 0);
    if (piece.substr(1, end - 2) != key) continue;
    const auto colon = piece.find(':', end);
    return colon == string_view::npos ? string_view() : trimmed(piece.substr(colon + 1));
  }
  return {};
}

std::vector<string_view> elements_of(string_view array) { return pieces(array, '['); }

}  // namespace callarchive::vendor
