#include "tests/ingest/event_text.h"

#include <iomanip>

namespace callarchive {
namespace {

void show(std::ostream& out, const string& value) { out << std::quoted(value); }
void show(std::ostream& out, double value) { out << value; }
void show(std::ostream& out, std::int64_t value) { out << value; }
void show(std::ostream& out, bool value) { out << std::boolalpha << value; }

template <typename T>
void show(std::ostream& out, const optional<T>& value);
template <typename T>
void show(std::ostream& out, const vector<T>& values);

void show(std::ostream& out, const Company& company) {
  show(out, company.id);
  out << " / ";
  show(out, company.name);
}

void show(std::ostream& out, const JsonMember& member) { out << member.key << " = " << member.value_json; }

void show(std::ostream& out, const IvrChoice& choice) {
  show(out, choice.dtmf_key);
  out << " -> ";
  show(out, choice.text_key);
}

void show(std::ostream& out, const TransferParty& party) {
  show(out, party.number);
  out << " / ";
  show(out, party.user_email);
  out << " / ";
  show(out, party.user_name);
}

void show(std::ostream& out, const TranscriptEntry& entry) {
  out << entry.position << ' ';
  show(out, entry.source);
  out << " at ";
  show(out, entry.time);
  out << " from ";
  show(out, entry.start_seconds);
  out << " to ";
  show(out, entry.end_seconds);
  out << ": ";
  show(out, entry.text);
}

template <typename T>
void show(std::ostream& out, const optional<T>& value) {
  if (value) {
    show(out, *value);
  } else {
    out << "none";
  }
}

template <typename T>
void show(std::ostream& out, const vector<T>& values) {
  out << '[';
  for (const T& value : values) {
    out << "\n    ";
    show(out, value);
  }
  out << ']';
}

class Lines {
 public:
  Lines(std::ostream* out, const char* kind) : out_(*out) { out_ << kind; }

  template <typename T>
  Lines& operator()(const char* name, const T& value) {
    out_ << "\n  " << name << ": ";
    show(out_, value);
    return *this;
  }

  template <typename T>
  Lines& operator()(const char* name, const optional<T>& value) {
    return value ? (*this)(name, *value) : *this;
  }

  // Said to be nothing, which is not the same as unsaid.
  template <typename T>
  Lines& operator()(const char* name, const optional<optional<T>>& value) {
    if (value) {
      out_ << "\n  " << name << ": ";
      show(out_, *value);
    }
    return *this;
  }

  template <typename T>
  Lines& operator()(const char* name, const vector<T>& values) {
    if (!values.empty()) {
      out_ << "\n  " << name << ": ";
      show(out_, values);
    }
    return *this;
  }

 private:
  std::ostream& out_;
};

}  // namespace

void PrintTo(const CallCompleted& call, std::ostream* out) {
  Lines(out, "CallCompleted")("id", call.id)("started_at", call.started_at)("direction", call.direction)(
      "result", call.result)("from_number", call.from_number)("from_name", call.from_name)("to_number", call.to_number)(
      "to_name", call.to_name)("original_to_number", call.original_to_number)(
      "original_to_name", call.original_to_name)("length_in_minutes", call.length_in_minutes)("length", call.length)(
      "user_email", call.user_email)("integration_id", call.integration_id)("tags", call.tags)("summary", call.summary)(
      "one_sentence_summary", call.one_sentence_summary)("recording_url", call.recording_url)(
      "data_collected", call.data_collected)("ivr_result", call.ivr_result)("transfer_from", call.transfer_from)(
      "transfer_to", call.transfer_to)("transfer_original_call_id", call.transfer_original_call_id)(
      "transcript", call.transcript)("concatenated_transcript", call.concatenated_transcript);
}

void PrintTo(const CallRinging& ringing, std::ostream* out) {
  Lines(out, "CallRinging")("kind", ringing.kind)("started_at", ringing.started_at)("answered_at", ringing.answered_at)(
      "direction", ringing.direction)("from_number", ringing.from_number)("to_number", ringing.to_number)(
      "user_email", ringing.user_email)("contact_id", ringing.contact_id)("contact_name", ringing.contact_name)(
      "contact_numbers", ringing.contact_numbers)("company", ringing.company);
}

void PrintTo(const MessageStored& message, std::ostream* out) {
  Lines(out, "MessageStored")("id", message.id)("sent_at", message.sent_at)("direction", message.direction)(
      "type", message.type)("content", message.content)("from_number", message.from_number)(
      "from_name", message.from_name)("to_number", message.to_number)("to_name", message.to_name)("user_email",
                                                                                                  message.user_email);
}

void PrintTo(const ContactChanged& contact, std::ostream* out) {
  Lines(out, "ContactChanged")("id", contact.id)("name", contact.name)("last_name", contact.last_name)(
      "company", contact.company)("job_title", contact.job_title)("emails", contact.emails)("numbers", contact.numbers)(
      "properties", contact.properties);
}

void PrintTo(const TagChanged& tag, std::ostream* out) {
  Lines(out, "TagChanged")("call_id", tag.call_id)("tag", tag.tag)("added", tag.added);
}

void PrintTo(const SummaryChanged& summary, std::ostream* out) {
  Lines(out, "SummaryChanged")("call_id", summary.call_id)("summary", summary.summary)("version", summary.version);
}

void PrintTo(const Noted& noted, std::ostream* out) { Lines(out, "Noted")("reason", noted.reason); }

void PrintTo(const Quarantined& quarantined, std::ostream* out) {
  Lines(out, "Quarantined")("reason", quarantined.reason);
}

}  // namespace callarchive
