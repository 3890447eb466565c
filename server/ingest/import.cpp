#include "server/ingest/import.h"

#include "server/ingest/file_kind.h"
#include "storage/text/ascii.h"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace callarchive {
namespace {

// Counts brackets and quotes; the decoder judges what is between them.
class Splitter {
 public:
  explicit Splitter(const EnvelopeFound& found) : found_(found) {}

  void feed(char c) {
    if (is_new_line_ && c == '{' && is_cut_short()) emit();
    is_new_line_ = false;
    if (text_.empty()) {
      begin(c);
    } else {
      go_on(c);
    }
    if (c == '\n') {
      ++line_;
      is_new_line_ = true;
    }
  }

  void finish() { emit(); }

 private:
  void begin(char c) {
    if (ascii::is_space(c) || c == ',') return;
    if (!in_array_ && c == '[') {
      in_array_ = true;
    } else if (in_array_ && c == ']') {
      in_array_ = false;
    } else {
      first_line_ = line_;
      go_on(c);
    }
  }

  void go_on(char c) {
    if (in_string_ && c == '\n') return emit();  // A string of JSON has no line break in it: this one was cut.
    if (!in_string_ && depth_ == 0 && (c == '\n' || (in_array_ && (c == ',' || c == ']')))) {
      emit();  // the end of a bare word
      return begin(c);
    }
    text_ += c;
    if (in_string_) {
      in_string_ = is_escaped_ || c != '"';
      is_escaped_ = !is_escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && depth_ > 0 && --depth_ == 0) {
      was_one_line_ = first_line_ == line_;
      return emit();
    }
    if (!ascii::is_space(c)) last_ = c;
    if (text_.size() >= kImportLimitBytes) emit();
  }

  // At a line that begins with an object while another one is open: whether the open one was cut. It was if no value
  // may follow here. If one may, it depends on whether this file has one envelope per line.
  bool is_cut_short() const {
    if (text_.empty() || in_string_ || depth_ == 0) return false;
    const bool value_may_follow = last_ == '[' || last_ == ',' || last_ == ':';
    return !value_may_follow || (was_one_line_ && !in_array_);
  }

  void emit() {
    while (!text_.empty() && ascii::is_space(text_.back())) text_.pop_back();
    depth_ = 0;
    in_string_ = is_escaped_ = false;
    if (!text_.empty()) found_(std::exchange(text_, {}), first_line_);
  }

  const EnvelopeFound& found_;
  std::string text_ = {};  // the envelope so far; empty between two of them
  std::size_t line_ = 1;
  std::size_t first_line_ = 1;  // of the envelope
  std::size_t depth_ = 0;
  char last_ = ' ';  // the last character that is not a space
  bool is_new_line_ = false;
  bool in_string_ = false;
  bool is_escaped_ = false;
  bool in_array_ = false;      // inside an array whose elements are envelopes
  bool was_one_line_ = false;  // the envelope before was written on one line
};

}  // namespace

void for_each_envelope(std::istream& input, const EnvelopeFound& found, Beginning expected) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Splitter splitter(found);
  std::vector<char> buffer(std::size_t{1} << 20);
  bool is_start = true;
  errno = 0;
  while (input.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || input.gcount() > 0) {
    std::string_view piece(buffer.data(), static_cast<std::size_t>(input.gcount()));
    if (is_start) {
      const auto other = expected == Beginning::of_json ? ingest::describe_foreign_file(piece)
                                                        : ingest::describe_compressed_file(piece);
      if (other) throw Unreadable("it looks like " + *other + "; " + std::string(ingest::kImportExpectation));
      if (piece.starts_with(kByteOrderMark)) piece.remove_prefix(kByteOrderMark.size());
      is_start = false;
    }
    for (const char c : piece) splitter.feed(c);
  }
  if (input.bad()) throw Unreadable(std::strerror(errno));
  splitter.finish();
}

}  // namespace callarchive
