#pragma once

#include "storage/backfill.h"
#include "storage/changes.h"
#include "storage/errors.h"
#include "storage/recordings.h"
#include "storage/records.h"
#include "storage/stats.h"
#include "storage/whole_lists.h"

#include <functional>
#include <memory>

namespace callarchive {

namespace storage {
class ReadConnection;
}

// One read-only connection, lent by Archive::reader and returned on destruction. For one thread.
// Every function runs in a read transaction of its own, which has ended when it returns.
// All of them throw QueryTimeout. Lists are newest first unless a comment says otherwise.
class Reader {
 public:
  using GiveBack = std::function<void(std::unique_ptr<storage::ReadConnection>)>;
  Reader(std::unique_ptr<storage::ReadConnection> connection, GiveBack give_back);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // Calls. `Slice::last_key` is the item key of the last row.
  Slice<Call> find_calls(const CallFilter& filter, const Page& page);
  Count count_calls(const CallFilter& filter, bool exact);
  optional<Call> find_call(const string& id, bool include_transcript);  // id in either spelling
  // Entries by position; Page::after is a position. Absent if there is no such call.
  optional<Slice<TranscriptEntry>> find_transcript(const string& call_id, const Page& page);
  // The calls of one transfer chain, oldest first. Empty if there is no such call.
  vector<Call> find_call_chain(const string& id);

  // Messages.
  Slice<Message> find_messages(const MessageFilter& filter, const Page& page);
  Count count_messages(const MessageFilter& filter, bool exact);
  optional<Message> find_message(const string& id);

  // Numbers. Lists are ordered by canonical text; last_key is internal.
  optional<Number> find_number(const string& number);  // in any spelling
  Slice<Number> find_numbers(const NumberFilter& filter, const Page& page);
  Count count_numbers(const NumberFilter& filter, bool exact);
  Slice<TimelineItem> find_timeline(const vector<string>& numbers, const TimelineFilter& filter, const Page& page);
  Count count_timeline(const vector<string>& numbers, const TimelineFilter& filter, bool exact);

  // Contacts. Lists are ordered by name, ignoring case and accents; contacts without a name come last. Lists and counts
  // throw EmptyFilter.
  Slice<Contact> find_contacts(const ContactFilter& filter, const Page& page);
  Count count_contacts(const ContactFilter& filter, bool exact);
  optional<Contact> find_contact(const string& id);
  vector<string> find_contact_numbers(const string& id);           // canonical texts
  vector<ContactVersion> find_contact_versions(const string& id);  // newest first; consecutive equal states are one

  // Calls, messages and contacts by what was said and written. They throw EmptySearch and TooManyWords, as do the lists
  // whose filter has a q. By relevance, the count is that of the hits that are listed: no more than were ranked.
  SearchHits find_search_hits(const SearchFilter& filter, const SearchPage& page);
  Count count_search_hits(const SearchFilter& filter, bool exact);

  // Lists for pages with numbers (storage/whole_lists.h). Keys of items are newest first. Throw EmptySearch and
  // EmptyFilter where the filter has words.
  vector<ItemKey> find_item_keys(const ItemListFilter& filter);
  // The newest item of a line with each other party.
  vector<ItemKey> find_conversation_keys(const string& line, const optional<Millis>& since);
  vector<TimelineItem> find_items(const vector<ItemKey>& keys, bool include_transcript);  // in this order
  vector<std::int64_t> find_contact_keys(const ContactFilter& filter, ContactOrder order);
  vector<Contact> load_contacts_of(const vector<std::int64_t>& keys);  // in the order of their keys
  vector<string> find_lines();  // canonical texts of the numbers that calls and messages came to and left from here
  vector<string> find_tag_names();
  vector<string> find_user_emails();
  // What deliveries say of one thing, in the order in which it holds.
  vector<KeptBody> find_bodies_about(ObjectKind kind, const string& id);

  // Throws UnknownTimeZone.
  Stats find_stats(const StatsQuery& stats_query);

  // Recordings. Lists are ordered by the calls' ids.
  vector<DueRecording> find_due_recordings(Millis now, std::int64_t limit);  // the longest waiting first
  optional<Millis> find_next_due_recording();                                // its time; absent if there is none
  optional<Recording> find_recording(const string& call_id);                 // the first one of the call
  vector<Recording> find_recordings(const RecordingFilter& filter, const optional<RecordingKey>& after,
                                    std::int64_t limit);
  optional<string> find_peaks(const string& sha256);  // see Sound::peaks
  RecordingCounts count_recordings();

  // The change feed, oldest first: up to `limit` changes behind `after`, fewer when their text is more than about
  // `most_bytes`. Throws HistoryChanged.
  ChangePage find_changes(const FeedPosition& after, std::int64_t limit, std::size_t most_bytes);
  // Behind the newest change.
  FeedPosition find_feed_head();
  // The vendor's side, as far as it was compared. `like` names line, kind and days.
  optional<BackfillWindow> find_backfill_window(const BackfillWindow& like);
  BackfillState find_backfill_state();
  // Calls, messages and contacts of which only rows with origin backfill speak. Reads the index of all such rows.
  std::int64_t count_only_by_backfill();
  bool has_backfilled(const string& body);  // whether the same bytes came by backfill before

  // The ledger, newest first; last_key is the delivery number.
  Slice<DeliveryRecord> find_deliveries(const DeliveryFilter& filter, const Page& page);
  Count count_deliveries(const DeliveryFilter& filter, bool exact);
  std::int64_t count_deliveries_after(Millis instant);  // that arrived later than that: in the future, if it is now
  optional<DeliveryRecord> find_delivery(std::int64_t delivery);
  // The number of the newest one; absent in an empty archive.
  optional<std::int64_t> find_newest_delivery();

 private:
  std::unique_ptr<storage::ReadConnection> connection_;
  GiveBack give_back_;
};

}  // namespace callarchive
