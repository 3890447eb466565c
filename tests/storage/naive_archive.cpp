#include "tests/storage/naive_archive.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace callarchive::test {
namespace {

const vector<string> kWords = {"alpha", "Beta",  "gamma",    "Delta",   "épsilon",    "zeta",  "eta", "théta",
                               "iota",  "kappa", "alphabet", "l'alpha", "beta-gamma", "omega", "415", "06"};

// Words of a text as the index has them: lower case, without the accents that kWords has.
vector<string> words_of(const string& text) {
  vector<string> words(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) == 0xc3) {  // é
      words.back() += 'e';
      ++i;
    } else if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      words.back() += static_cast<char>(std::tolower(c));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool has_phrase(const string& text, const vector<string>& phrase, bool prefix) {
  const auto words = words_of(text);
  for (std::size_t i = 0; i + phrase.size() <= words.size(); ++i) {
    bool same = true;
    for (std::size_t k = 0; k < phrase.size() && same; ++k) {
      const bool last = k + 1 == phrase.size();
      same = last && prefix ? words[i + k].starts_with(phrase[k]) : words[i + k] == phrase[k];
    }
    if (same) return true;
  }
  return false;
}

bool has_term(const vector<string>& texts, const vector<string>& numbers, const string& term) {
  const auto phrase = words_of(term);
  const bool prefix = term.find('*') != string::npos;
  const auto holds = [&](const string& text) { return has_phrase(text, phrase, prefix); };
  if (std::any_of(texts.begin(), texts.end(), holds)) return true;
  const bool digits =
      term.size() >= 3 && std::all_of(term.begin(), term.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto contains = [&](const string& number) { return number.find(term) != string::npos; };
  return digits && std::any_of(numbers.begin(), numbers.end(), contains);
}

}  // namespace

bool naive_match(const vector<string>& texts, const vector<string>& numbers, const string& q) {
  std::istringstream stream(q);
  for (string term; stream >> term;) {
    const bool excluded = term.starts_with('-');
    if (excluded) term.erase(0, 1);
    if (term.starts_with('"')) {
      for (string more; !term.ends_with('"') && stream >> more;) term += " " + more;
    }
    if (has_term(texts, numbers, term) == excluded) return false;
  }
  return true;
}

NaiveArchive::NaiveArchive(unsigned seed, int size, ArchiveOptions options)
    : archive(std::move(options)), random_(seed) {
  for (int i = 0; i < 24; ++i) numbers.push_back("+336" + std::to_string(12345600 + i * 7919));
  for (int i = 0; i < 6; ++i) numbers.push_back("+1415555010" + std::to_string(i));
  for (int i = 0; i < size; ++i) tell(i);
}

void NaiveArchive::tell(int i) {
  tell_call(i);
  tell_message(i);
  if (i % 4 == 0) tell_contact(i);
}

void NaiveArchive::tell_new_number() {
  const auto i = ++new_numbers_;
  MessageStored report;
  report.id = "new-number-" + std::to_string(i);
  report.sent_at = kFirstInstant + i;
  report.from_number = "+33" + std::to_string(612'000'000 + i * 314'159 % 1'000'000);
  archive.tell(report);
}

string NaiveArchive::some_text(std::size_t words) {
  string text;
  for (std::size_t i = 0; i < words; ++i) {
    // The first words are frequent, the last are rare.
    const auto rank = std::min(below(kWords.size()), below(kWords.size()));
    text += (i > 0 ? " " : "") + kWords[rank];
  }
  return text;
}

string NaiveArchive::spelling(const string& canonical) {
  const string digits = canonical.substr(1);
  switch (below(3)) {
    case 0: return "00" + digits;
    case 1: return "+" + digits.substr(0, 4) + " " + digits.substr(4, 3) + "-" + digits.substr(7);
    default: return canonical;
  }
}

CallCompleted NaiveArchive::make_call(const string& id) {
  CallCompleted report;
  report.id = id;
  report.started_at = kFirstInstant + static_cast<Millis>(below(static_cast<std::size_t>(kSpan)));
  report.direction = chance(50) ? "INBOUND" : "OUTBOUND";
  report.result = vector<string>{"ANSWERED", "VOICEMAIL", "BLOCKED"}[below(3)];
  report.user_email = "user" + std::to_string(below(4)) + "@example.com";
  report.from_number = numbers[below(20)];
  report.to_number = numbers[24 + below(5)];
  if (chance(10)) report.original_to_number = numbers[below(20)];
  if (chance(10)) report.transfer_to = TransferParty{numbers[below(20)], {}, {}};
  if (chance(60)) report.from_name = some_text(1);
  report.length_in_minutes = static_cast<double>(below(60)) / 4;
  for (const char* tag : {"vip", "spam", "later"}) {
    if (chance(25)) report.tags.push_back(tag);
  }
  if (chance(50)) report.recording_url = "https://example.com/" + id;
  if (chance(50)) report.summary = some_text(6);
  if (chance(50)) report.one_sentence_summary = some_text(3);
  for (std::size_t i = 0; i < below(4); ++i) {
    TranscriptEntry entry;
    entry.position = static_cast<std::int64_t>(i);
    entry.text = some_text(5);
    report.transcript.push_back(entry);
  }
  return report;
}

void NaiveArchive::tell_call(int i) {
  auto report = make_call("cll-" + std::to_string(i));
  NaiveCall call;
  call.id = report.id;
  call.at = *report.started_at;
  call.direction = *report.direction;
  call.result = *report.result;
  call.user = *report.user_email;
  call.tags = report.tags;
  call.seconds = std::llround(*report.length_in_minutes * 60);
  call.has_recording = report.recording_url.has_value();
  call.has_transcript = !report.transcript.empty();
  call.has_summary = report.summary.has_value();
  string words;
  for (const auto& entry : report.transcript) words += entry.text + "\n";
  call.texts = {words, report.summary.value_or(""), report.one_sentence_summary.value_or(""),
                report.from_name.value_or("")};
  string all_numbers;
  for (auto* number : {&report.from_number, &report.to_number, &report.original_to_number}) {
    if (!*number) continue;
    call.numbers.push_back(**number);
    *number = spelling(**number);
  }
  if (report.transfer_to) call.numbers.push_back(*report.transfer_to->number);
  for (const auto& number : call.numbers) all_numbers += number + "\n";
  call.texts.push_back(all_numbers);
  archive.tell(report);
  calls.push_back(call);
}

void NaiveArchive::tell_message(int i) {
  MessageStored report;
  NaiveMessage message;
  report.id = message.id = "msg-" + std::to_string(i);
  report.sent_at = message.at = kFirstInstant + static_cast<Millis>(below(static_cast<std::size_t>(kSpan)));
  report.direction = message.direction = chance(50) ? "INBOUND" : "OUTBOUND";
  report.type = message.type = chance(80) ? "SMS" : "MMS";
  message.numbers = {numbers[below(20)], numbers[24 + below(5)]};
  report.from_number = spelling(message.numbers[0]);
  report.to_number = spelling(message.numbers[1]);
  report.content = some_text(4);
  message.texts = {*report.content, message.numbers[0] + "\n" + message.numbers[1]};
  archive.tell(report);
  messages.push_back(message);
}

void NaiveArchive::tell_contact(int i) {
  ContactChanged said;
  NaiveContact contact;
  said.id = contact.id = "con-" + std::to_string(i);
  const string name = some_text(1), last_name = some_text(1);
  said.name = name;
  said.last_name = last_name;
  contact.name = name + " " + last_name;
  contact.company = some_text(2);
  said.company = Company{{}, contact.company};
  contact.email = "contact" + std::to_string(i % 20) + "@example.com";
  said.emails = vector<string>{contact.email};
  contact.numbers = {numbers[below(numbers.size())]};
  said.numbers = vector<string>{spelling(contact.numbers[0])};
  contact.texts = {name + "\n" + last_name, contact.company, contact.email, contact.numbers[0]};
  archive.tell(said);
  contacts.push_back(contact);
}

}  // namespace callarchive::test
