#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The records of the archive and the filters of queries, as plain values that every part of the program shares. An
// absent optional means that the vendor never sent a value.

namespace callarchive {

// Unix milliseconds, UTC.
using Millis = std::int64_t;

// The key of a call or message, which is made of its time. See storage/items/item_key.h.
using ItemKey = std::int64_t;

using std::optional;
using std::string;
using std::vector;

struct TransferParty {
  optional<string> number = {};  // as sent
  optional<string> user_email = {};
  optional<string> user_name = {};
  bool operator==(const TransferParty&) const = default;
};

struct TranscriptEntry {
  std::int64_t position = 0;     // from 0, in the order sent
  optional<string> source = {};  // AGENT, USER, EXTERNAL, or another value of the vendor
  optional<Millis> time = {};
  optional<double> start_seconds = {};  // into the call
  optional<double> end_seconds = {};
  string text = {};
  bool operator==(const TranscriptEntry&) const = default;
};

struct IvrChoice {
  optional<string> dtmf_key = {};
  optional<string> text_key = {};
  bool operator==(const IvrChoice&) const = default;
};

// A key with a JSON value, as text: data collected by the receptionist, or a contact's custom property.
struct JsonMember {
  string key = {};
  string value_json = {};
  bool operator==(const JsonMember&) const = default;
};

// What a report says about a call that has ended, and what all reports about one call say together. In a report an
// empty list means "not sent"; in a stored call it means that there are none.
struct CallCompleted {
  string id = {};  // as sent, or derived from the content if the dialect has none; stored as the first report spells it
  optional<Millis> started_at = {};
  optional<string> direction = {};    // INBOUND, OUTBOUND
  optional<string> result = {};       // ANSWERED, VOICEMAIL, …
  optional<string> from_number = {};  // numbers are verbatim here, canonical in Number
  optional<string> from_name = {};
  optional<string> to_number = {};
  optional<string> to_name = {};
  optional<string> original_to_number = {};  // the number first dialed
  optional<string> original_to_name = {};
  optional<double> length_in_minutes = {};
  optional<string> length = {};  // the vendor's text, "5m 30s"
  optional<string> user_email = {};
  optional<string> integration_id = {};
  vector<string> tags = {};  // stored: sorted
  optional<string> summary = {};
  optional<string> one_sentence_summary = {};
  optional<string> recording_url = {};
  vector<JsonMember> data_collected = {};  // stored: sorted by key
  vector<IvrChoice> ivr_result = {};
  optional<TransferParty> transfer_from = {};
  optional<TransferParty> transfer_to = {};
  optional<string> transfer_original_call_id = {};
  // Of a stored call, these two are filled only if the query asks for them.
  vector<TranscriptEntry> transcript = {};  // positions are 0, 1, 2 … in order
  optional<string> concatenated_transcript = {};
  bool transcript_is_from_text = false;  // of a report: the entries were made from a transcript sent as one text
  // Of a report: it is the state at the vendor when it was fetched. Such a report is coarser than a webhook in what
  // both have (storage/items/fetched.cpp).
  bool is_fetched = false;
  bool has_all_tags = false;  // of a report: there are no other tags
  bool operator==(const CallCompleted&) const = default;
};

// What became of a recording.
enum class RecordingState {
  wanted,  // it has not been tried yet, or not with this link
  kept,    // its whole file is on disk
  denied,  // the vendor refuses it to this key or this link
  gone,    // the vendor does not have it, or no longer
  failed,  // something else went wrong
};

// A call may have several recordings, numbered from 0. `call_key` is the call's id as comparable_id() spells it.
struct RecordingKey {
  string call_key = {};
  std::int64_t position = 0;
  auto operator<=>(const RecordingKey&) const = default;
};

// A file of the media store.
struct Sound {
  string sha256 = {};  // lower-case hex
  std::int64_t bytes = 0;
  string type = {};  // media type as the content shows it: audio/mpeg …
  std::int64_t duration_ms = 0;
  string peaks = {};  // the highest level in each of up to 512 equal parts, a byte each; 255 is the loudest possible
  bool operator==(const Sound&) const = default;
};

// A row of the table of recordings.
struct Recording {
  RecordingKey key = {};
  optional<string> call_id = {};  // as sent; absent if there is no such call
  RecordingState state = RecordingState::wanted;
  optional<string> reason = {};  // why it is not kept; for a kept one: what is unusual about it
  std::int64_t tries = 0;        // failed ones since its link arrived
  optional<Millis> last_try_at = {};
  optional<Millis> next_try_at = {};  // 0: at once; absent: not by itself
  optional<Sound> sound = {};         // of a kept one; without peaks
  optional<string> origin = {};       // of a kept one: vendor, link, import
  optional<Millis> kept_at = {};
  bool operator==(const Recording&) const = default;
};

// A stored call: what its reports say together, and what the archive adds to it.
struct Call : CallCompleted {
  ItemKey item = 0;
  optional<std::int64_t> duration_seconds = {};  // length_in_minutes × 60, rounded
  std::int64_t transcript_entry_count = 0;
  optional<Recording> recording = {};  // the first one; filled in where calls are queried
  bool operator==(const Call&) const = default;
};

// What a report says about a message, and what all reports about one message say together.
struct MessageStored {
  string id = {};  // as sent, or derived from the content when the dialect has none
  optional<Millis> sent_at = {};
  optional<string> direction = {};  // INBOUND, OUTBOUND
  optional<string> type = {};       // SMS, MMS, …
  optional<string> content = {};    // may be empty: an MMS without text
  optional<string> from_number = {};
  optional<string> from_name = {};
  optional<string> to_number = {};
  optional<string> to_name = {};
  optional<string> user_email = {};
  bool is_fetched = false;  // of a report, as of a call
  bool operator==(const MessageStored&) const = default;
};

// A stored message.
struct Message : MessageStored {
  ItemKey item = 0;
  bool operator==(const Message&) const = default;
};

struct Company {
  optional<string> id = {};  // the vendor's, if it sends one
  optional<string> name = {};
  bool operator==(const Company&) const = default;
};

struct Contact {
  std::int64_t key = 0;  // internal; derived from the id
  string id = {};
  optional<string> name = {};
  optional<string> last_name = {};
  optional<Company> company = {};
  optional<string> job_title = {};
  vector<string> emails = {};
  vector<string> numbers = {};         // as sent
  vector<JsonMember> properties = {};  // sorted by key
  Millis created_at = 0;               // of the first delivery about it: event time, else arrival
  Millis updated_at = 0;               // of the last delivery that changed it
  bool operator==(const Contact&) const = default;
};

// One state of a contact, with the delivery that brought it.
struct ContactVersion {
  Contact state = {};
  Millis at = 0;  // event time, else arrival
  std::int64_t delivery = 0;
};

struct Number {
  string number = {};             // canonical text: +14155550100, a short code, a sender's name …
  string kind = {};               // e164, short_code, alphanumeric, anonymous, unknown
  optional<string> country = {};  // ISO 3166-1 alpha-2
  vector<Contact> contacts = {};  // id, name, last_name and company only
  optional<Millis> first_seen_at = {};
  optional<Millis> last_seen_at = {};
  std::int64_t call_count = 0;
  std::int64_t message_count = 0;
};

struct TimelineItem {
  Millis at = 0;
  optional<Call> call = {};  // exactly one of the two is set
  optional<Message> message = {};
};

// How a delivery came in.
enum class Origin { webhook, import, backfill };
// What became of it: it is in the tables; it says nothing for the tables; it could not be decoded.
enum class Outcome { applied, noted, quarantined };

// A row of the ledger.
struct DeliveryRecord {
  std::int64_t delivery = 0;  // its number: from 1, without gaps, in the order of arrival
  Millis received_at = 0;
  std::int64_t times_received = 1;
  Millis last_received_at = 0;
  Origin origin = Origin::webhook;
  string dialect = {};  // v2, v1, v1_camel, body, mobile, rest_v2, rest_v1, unknown
  optional<string> topic = {};
  optional<Millis> event_time = {};
  optional<string> webhook_id = {};
  string sha256 = {};  // lower-case hex, of the body
  optional<string> object_id = {};
  Outcome outcome = Outcome::noted;
  optional<string> reason = {};
  std::int64_t body_size = 0;
  string body = {};  // verbatim; filled only by Reader::find_delivery
};

// Which rows of a list a query wants.
struct Page {
  std::int64_t limit = 50;
  optional<std::int64_t> after = {};  // continue after the row with this key, in the order of the list
  string after_text = {};             // if the list is ordered by a text: the text of that row
};

// A page of rows, and whether more follow. The key of the last row continues the list.
template <typename T>
struct Slice {
  vector<T> rows = {};
  bool has_more = false;
  std::int64_t last_key = 0;
  string last_text = {};  // of a list that is ordered by a text
};

// The page that follows, unless this was the last one.
template <typename T>
optional<Page> page_behind(const Slice<T>& slice, const Page& page) {
  if (!slice.has_more) return {};
  return Page{page.limit, slice.last_key, slice.last_text};
}

// The filters that lists, search and statistics of calls and messages share. Only calls have a result, tags and a user
// to filter by: with one of these three, no message passes.
struct ItemFilter {
  vector<string> numbers = {};  // in any spelling; any of them took part
  optional<string> direction = {};
  optional<string> result = {};
  optional<string> tag = {};
  optional<string> user_email = {};  // in upper or lower case
  optional<Millis> since = {};       // inclusive
  optional<Millis> until = {};       // exclusive

  bool is_about_calls_alone() const { return result || tag || user_email; }
};

// A member of collected data or of custom properties: the exact key, and the value as text. A value that is not a text
// is compared as JSON: 42, true, {"a":1}.
struct Member {
  string key = {};
  string value = {};
};

struct CallFilter : ItemFilter {
  optional<string> contact_id = {};
  optional<std::int64_t> min_duration = {};  // seconds
  optional<std::int64_t> max_duration = {};
  bool has_recording = false;       // its recording is kept
  bool has_recording_link = false;  // the vendor sent a link
  optional<RecordingState> recording_state = {};
  bool has_transcript = false;
  bool has_summary = false;
  vector<Member> collected = {};  // all of these were collected
  optional<string> q = {};        // search grammar, see storage/search/grammar.h
  bool include_transcript = false;
};

struct MessageFilter : ItemFilter {
  optional<string> type = {};
  optional<string> q = {};
};

struct TimelineFilter {
  optional<Millis> since = {};
  optional<Millis> until = {};
};

struct ContactFilter {
  optional<string> name = {};      // part of the first or last name or both, in upper or lower case
  optional<string> company = {};   // part of the company's name, in upper or lower case
  optional<string> email = {};     // whole, in upper or lower case
  optional<string> number = {};    // in any spelling
  vector<Member> properties = {};  // all of these are custom properties
  optional<string> q = {};
};

struct NumberFilter {
  optional<string> kind = {};
  optional<string> country = {};
};

struct DeliveryFilter {
  optional<string> outcome = {};
  optional<string> topic = {};
  optional<string> reason = {};  // part of the reason; ASCII letters in upper or lower case
};

enum class SearchKind { call, message, contact };
enum class SearchSort {
  newest,     // calls and messages newest first
  relevance,  // best first, among the newest kRankedHits only
};
constexpr std::int64_t kRankedHits = 2000;

// A contact passes if it has one of `numbers`; with any other condition of ItemFilter, no contact passes. In both sorts
// contacts come before calls and messages.
struct SearchFilter : ItemFilter {
  string q = {};                  // search grammar, see storage/search/grammar.h
  vector<SearchKind> kinds = {};  // empty: all
  SearchSort sort = SearchSort::newest;
};

// The position of a hit in the list. Its meaning is internal; both parts must be passed back unchanged.
struct SearchPosition {
  bool among_contacts = false;
  std::int64_t key = 0;
  bool operator==(const SearchPosition&) const = default;
};

struct SearchPage {
  std::int64_t limit = 50;
  optional<SearchPosition> after = {};
};

// A part of an excerpt, in Unicode code points from its beginning; `end` is exclusive.
struct TextRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool operator==(const TextRange&) const = default;
};

// Text around the words that matched. "…" marks what was left out.
struct Excerpt {
  string text = {};
  vector<TextRange> ranges = {};  // in order, not overlapping
  bool operator==(const Excerpt&) const = default;
};

struct EntryMatch {
  std::int64_t position = 0;  // of the entry in the transcript
  optional<string> source = {};
  optional<double> start_seconds = {};  // into the call: as sent, else the entry's time minus the call's start
  Excerpt excerpt = {};
  bool operator==(const EntryMatch&) const = default;
};

// A match outside the transcript's entries. `field` is a member of the call (summary, from_name, to_number, …, or
// concatenated_transcript where there are no entries), of the message (content, from_name, …) or of the contact (name,
// emails, numbers, …), as the answers name it; storage/read/search_locate.cpp lists them.
struct FieldMatch {
  string field = {};
  Excerpt excerpt = {};
  bool operator==(const FieldMatch&) const = default;
};

struct SearchHit {
  SearchKind kind = SearchKind::call;
  Millis at = 0;             // of a contact: when it last changed
  optional<Call> call = {};  // exactly one of the three is set
  optional<Message> message = {};
  optional<Contact> contact = {};
  vector<EntryMatch> entries = {};  // at most kShownEntries
  vector<FieldMatch> fields = {};
};
constexpr std::size_t kShownEntries = 20;

struct SearchHits {
  vector<SearchHit> rows = {};
  bool has_more = false;
  SearchPosition last = {};  // of the last row; continues the list
  // There were more than kRankedHits by relevance: the older ones were neither ranked nor listed.
  bool ranked_newest_only = false;
};

// A number of rows. Counting may have stopped at a bound.
struct Count {
  std::int64_t total = 0;
  bool exact = true;  // false: at least this many
};

}  // namespace callarchive
